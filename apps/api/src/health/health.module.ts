import { Module } from '@nestjs/common';
import { DatabasePools, postgresProbe } from '@parley/data';
import { GraphClient, GraphModule, graphProbe } from '@parley/graph';
import { SystemHealthModule } from '@parley/platform';
import { QueueHealth, redisProbe } from '@parley/queue';
import { HealthController } from './health.controller.js';
import { OutboundHealthController } from './outbound-health.controller.js';
import { ReadOutboundHealth } from './read-outbound-health.js';

@Module({
  imports: [
    SystemHealthModule.forProbes<[DatabasePools, QueueHealth, GraphClient]>({
      imports: [GraphModule],
      inject: [DatabasePools, QueueHealth, GraphClient],
      probes: (pools, queues, graph) => [postgresProbe(pools), redisProbe(queues), graphProbe(graph)],
    }),
  ],
  controllers: [HealthController, OutboundHealthController],
  providers: [ReadOutboundHealth],
})
export class HealthModule {}
