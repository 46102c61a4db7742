import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ShutdownSteps, SystemHealth, type HealthReport } from '@parley/platform';
import type { FastifyReply } from 'fastify';

/** For orchestrators and operators. The worker serves nobody else. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: SystemHealth,
    private readonly shutdown: ShutdownSteps,
  ) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(): Promise<{ status: 'ok' }> {
    if (this.shutdown.isShuttingDown || !(await this.health.isReady())) throw new ServiceUnavailableException();
    return { status: 'ok' };
  }

  @Get()
  async all(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (report.status === 'down') void reply.code(503);
    return report;
  }
}
