import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError } from '@parley/domain';
import { SystemHealth } from '@parley/platform';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/index.js';
import { HealthView, LivenessView } from './health.dto.js';

/** For load balancers, orchestrators and operators. */
@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: SystemHealth) {}

  @Get('live')
  @ApiOperation({ operationId: 'getLiveness', summary: 'Whether the process runs; nothing else is looked at' })
  @ApiOkResponse({ type: LivenessView })
  live(): LivenessView {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether the process can serve: Postgres answers and no shutdown is under way',
  })
  @ApiOkResponse({ type: LivenessView })
  async ready(): Promise<LivenessView> {
    if (!(await this.health.isReady()))
      throw new DomainError('database.unavailable', undefined, { retryAfterSeconds: 2 });
    return { status: 'ok' };
  }

  @Get()
  @ApiOperation({ operationId: 'getHealth', summary: 'What the process depends on, and how it fares' })
  @ApiOkResponse({ type: HealthView, description: 'ok or degraded: requests are served.' })
  @ApiResponse({ status: 503, type: HealthView, description: 'down: Postgres does not answer.' })
  async all(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthView> {
    const report = await this.health.report();
    if (report.status === 'down') void reply.code(503).header('retry-after', '2');
    return report;
  }
}
