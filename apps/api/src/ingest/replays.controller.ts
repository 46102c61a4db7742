import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequirePlatform, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ReplayView, StartReplayDto } from './replay.dto.js';
import { Replays } from './replays.js';

/** Applying webhooks once more, for the platform's operators. */
@ApiTags('ingest')
@RequirePlatform()
@Controller('ingest/replays')
export class ReplaysController {
  constructor(private readonly replays: Replays) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'startReplay',
    summary: 'Replay webhooks by id, number or time, or count them first',
    description: 'Harmless when repeated: what was applied before has no second effect. It only counts unless dryRun is false.',
  })
  @ApiAcceptedResponse({ type: ReplayView })
  begin(@Body() body: StartReplayDto, @CurrentCaller() { actor }: Caller): Promise<ReplayView> {
    return this.replays.begin(body, actor);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getReplay', summary: 'See how far a replay came' })
  @ApiOkResponse({ type: ReplayView })
  find(@Id() id: string): Promise<ReplayView> {
    return this.replays.find(id);
  }
}
