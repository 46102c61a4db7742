/** Load at a steady rate: each request leaves at its time, whatever became of those before, as far as there are connections. */
import { Pool } from 'undici';
import type { PacedOrder, PacedReport, PreparedRequest } from '../lib/orders.js';

const TICK_MS = 5;

async function exchange(pool: Pool, path: string, { headers, body }: PreparedRequest): Promise<number> {
  const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body });
  await answer.dump();
  return statusCode;
}

async function run({ origin, path, requests, perSecond, connections, forMs }: PacedOrder): Promise<PacedReport> {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const sentAtMs: number[] = [];
  const underway = new Set<Promise<void>>();
  const send = async (request: PreparedRequest): Promise<void> => {
    const sentAt = performance.now();
    sentAtMs.push(performance.timeOrigin + sentAt);
    const status = await exchange(pool, path, request).catch(() => 0);
    statuses[status] = (statuses[status] ?? 0) + 1;
    latencies.push(performance.now() - sentAt);
  };
  const startedAt = performance.now();
  let next = 0;
  for (let elapsed = 0; elapsed < forMs; elapsed = performance.now() - startedAt) {
    const due = Math.min(requests.length, Math.floor((elapsed * perSecond) / 1_000));
    // What finds no free connection is late: it stays to be sent, and the rate is not held.
    for (; next < due && underway.size < connections; next += 1) {
      const sending = send(requests[next]!);
      underway.add(sending);
      void sending.finally(() => underway.delete(sending));
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underway);
  await pool.close();
  latencies.sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
  return { sent: next, statuses, p50Ms: percentile(0.5), p99Ms: percentile(0.99), sentAtMs };
}

process.on('message', (order: PacedOrder) => {
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
