import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ReadTimeline } from './read-timeline.js';
import { TimelineView } from './timeline.view.js';

@ApiTags('messages')
@Controller('messages')
export class TimelineController {
  constructor(private readonly timeline: ReadTimeline) {}

  @Get(':id/timeline')
  @RequireScope('messages:read')
  @ApiOperation({
    operationId: 'getMessageTimeline',
    summary: 'See what happened to a message, and why it is where it is',
    description: 'Checks, waits by their cause, attempts with what WhatsApp said, statuses with their webhook, events written for you.',
  })
  @ApiOkResponse({ type: TimelineView })
  read(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<TimelineView> {
    return this.timeline.read(tenantId, id);
  }
}
