import { Controller, Get, Res } from '@nestjs/common';
import { Metrics } from '@parley/platform';
import type { FastifyReply } from 'fastify';

/** The worker serves no tenants: its metrics stand beside its health. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async render(@Res() reply: FastifyReply): Promise<void> {
    const { contentType, body } = await this.metrics.render();
    await reply.header('content-type', contentType).send(body);
  }
}
