import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TriggerableEvents, TriggerDto, TriggeredEvent } from './dto/trigger.dto.js';
import { TriggerEvent } from './trigger/trigger-event.js';

/** One event of any kind, for whoever wants to see what their webhook makes of it. */
@ApiTags('Events')
@Controller('control')
export class TriggerControlController {
  constructor(private readonly triggerEvent: TriggerEvent) {}

  @ApiOperation({ operationId: 'listEvents', summary: 'The events that can be triggered' })
  @ApiOkResponse({ type: TriggerableEvents })
  @Get('events')
  list(): TriggerableEvents {
    return { events: this.triggerEvent.list() };
  }

  /** Beside POST /control/trigger, where one looks for them. */
  @ApiExcludeEndpoint()
  @Get('trigger')
  listAgain(): TriggerableEvents {
    return this.list();
  }

  @ApiOperation({ operationId: 'trigger', summary: 'Make one event happen' })
  @ApiOkResponse({ type: TriggeredEvent })
  @Post('trigger')
  @HttpCode(200)
  trigger(@Body() dto: TriggerDto): Promise<TriggeredEvent> {
    return this.triggerEvent.trigger(dto);
  }
}
