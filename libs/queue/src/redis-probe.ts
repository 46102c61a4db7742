import type { HealthProbe } from '@parley/platform';
import type { QueueHealth } from './queue-health.js';

/** Redis for health: without it everything goes on, at the poll's pace. */
export function redisProbe(queues: QueueHealth): HealthProbe {
  return {
    name: 'redis',
    required: false,
    check: async () => {
      const ping = await queues.ping();
      if (!ping.ok) throw new Error(ping.reason);
    },
  };
}
