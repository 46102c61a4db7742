import type { HealthProbe } from '@parley/platform';
import type { GraphClient } from './graph.client.js';

/** The Graph API for health: without it messages wait and are kept. */
export function graphProbe(graph: GraphClient): HealthProbe {
  return {
    name: 'graph',
    required: false,
    check: async () => {
      const ping = await graph.ping();
      if (!ping.reachable) throw new Error(ping.reason);
    },
  };
}
