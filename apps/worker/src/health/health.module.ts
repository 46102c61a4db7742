import { Module } from '@nestjs/common';
import { DatabasePools, postgresProbe } from '@parley/data';
import { GraphClient, GraphModule, graphProbe } from '@parley/graph';
import { SystemHealthModule } from '@parley/platform';
import { QueueHealth, redisProbe } from '@parley/queue';
import { BrokerIngress } from '../broker/broker-ingress.js';
import { BrokerModule } from '../broker/broker.module.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

@Module({
  imports: [
    SystemHealthModule.forProbes<[DatabasePools, QueueHealth, GraphClient, BrokerIngress]>({
      imports: [GraphModule, BrokerModule],
      inject: [DatabasePools, QueueHealth, GraphClient, BrokerIngress],
      probes: (pools, queues, graph, broker) => [postgresProbe(pools), redisProbe(queues), graphProbe(graph), ...broker.probes],
    }),
  ],
  controllers: [HealthController, MetricsController],
})
export class WorkerHealthModule {}
