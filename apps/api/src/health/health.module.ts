import { Module } from '@nestjs/common';
import { DatabasePools } from '@parley/data';
import { GraphClient, GraphModule } from '@parley/graph';
import { SystemHealthModule, type HealthProbe } from '@parley/platform';
import { QueueHealth } from '@parley/queue';
import { HealthController } from './health.controller.js';

function probes(pools: DatabasePools, queues: QueueHealth, graph: GraphClient): readonly HealthProbe[] {
  return [
    {
      name: 'postgres',
      required: true,
      check: () => Promise.all([pools.app.query('SELECT 1'), pools.system.query('SELECT 1')]),
    },
    {
      name: 'redis',
      required: false,
      check: async () => assertReached((await queues.ping()).ok),
    },
    {
      name: 'graph',
      required: false,
      check: async () => assertReached((await graph.ping()).reachable),
    },
  ];
}

function assertReached(reached: boolean): void {
  if (!reached) throw new Error('It does not answer');
}

@Module({
  imports: [
    SystemHealthModule.forProbes<[DatabasePools, QueueHealth, GraphClient]>({
      imports: [GraphModule],
      inject: [DatabasePools, QueueHealth, GraphClient],
      probes,
    }),
  ],
  controllers: [HealthController],
})
export class HealthModule {}
