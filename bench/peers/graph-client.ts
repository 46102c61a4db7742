/** Our side of the bench `graph`: the GraphClient as the worker has it, with its metrics, in a process of its own. */
import { GraphClient, GraphHttp, observeGraph } from '@parley/graph';
import { createMetrics } from '@parley/platform';
import type { SendOrder, SendReport } from '../lib/orders.js';

const TIMEOUTS = { connectTimeoutMs: 5_000, readTimeoutMs: 30_000 };
let client: GraphClient | undefined;

async function run({ origin, version, phoneNumberId, connections, bodies }: SendOrder): Promise<SendReport> {
  const graph = (client ??= new GraphClient(
    new GraphHttp({ url: origin, version, connections, ...TIMEOUTS }, observeGraph(createMetrics())),
  ));
  const latencies = new Float64Array(bodies.length);
  let next = 0;
  const send = async (): Promise<void> => {
    for (let at = next++; at < bodies.length; at = next++) {
      const sentAt = performance.now();
      const outcome = await graph.sendMessage({ phoneNumberId, body: bodies[at]!, token: 'EAAours' });
      if (outcome.kind !== 'accepted') throw new Error(`A send ended as ${outcome.kind}`);
      latencies[at] = performance.now() - sentAt;
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, send));
  const elapsedMs = performance.now() - startedAt;
  latencies.sort();
  const percentile = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
  return { elapsedMs, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}

process.on('message', (order: SendOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
