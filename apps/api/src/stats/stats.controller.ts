import { Controller, Get, Query, Sse, type MessageEvent } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import type { Observable } from 'rxjs';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { LiveStream } from './live-stream.js';
import { ReadStats } from './read-stats.js';
import { StatsQuery } from './stats.query.js';
import { LiveFiguresView, StatsView } from './stats.view.js';

/** How much was written, what became of it, how fast it was answered, and what it costs. */
@ApiTags('stats')
@RequireScope('stats:read')
@Controller('stats')
export class StatsController {
  constructor(
    private readonly stats: ReadStats,
    private readonly stream: LiveStream,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getStats',
    summary: 'See statistics of messages and answers',
    description: 'A message counts in the hour in which it was accepted or received, whenever its statuses come. Changes are counted within seconds.',
  })
  @ApiOkResponse({ type: StatsView })
  read(@CurrentTenant() tenantId: TenantId, @Query() query: StatsQuery): Promise<StatsView> {
    return this.stats.read(tenantId, query);
  }

  @Sse('live')
  @ApiOperation({
    operationId: 'streamLiveFigures',
    summary: 'Watch the figures of the moment',
    description: 'Server-sent events: `figures` every two seconds, and `heartbeat` each 15 seconds.',
  })
  @ApiExtraModels(LiveFiguresView)
  live(@CurrentTenant() tenantId: TenantId): Observable<MessageEvent> {
    return this.stream.open(tenantId);
  }

  @Get('now')
  @ApiOperation({ operationId: 'getLiveFigures', summary: 'See the figures of the moment' })
  @ApiOkResponse({ type: LiveFiguresView })
  now(@CurrentTenant() tenantId: TenantId): Promise<LiveFiguresView> {
    return this.stats.live(tenantId);
  }
}
