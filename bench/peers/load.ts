/**
 * The load of the HTTP benches: each connection sends its next request when it has the answer to the last. Every request
 * is made and signed beforehand, by another process, so that this one does nothing but speak HTTP (undici).
 */
import { Client } from 'undici';
import { LOAD_CONNECTIONS, type LoadOrder, type LoadReport, type PreparedRequest } from '../lib/orders.js';

function exchange(client: Client, path: string, { headers, body }: PreparedRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    client.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, statusCode) => void (status = statusCode),
        onResponseData: () => {}, // read and dropped
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

async function run({ origin, path, requests, connections = LOAD_CONNECTIONS }: LoadOrder): Promise<LoadReport> {
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }));
  const latencies = new Float64Array(requests.length);
  const statuses: Record<number, number> = {};
  let next = 0;
  const send = async (client: Client): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) {
      const sentAt = performance.now();
      const status = await exchange(client, path, requests[at]!);
      latencies[at] = performance.now() - sentAt;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const startedAt = performance.now();
  await Promise.all(clients.map(send));
  const elapsedMs = performance.now() - startedAt;
  await Promise.all(clients.map((client) => client.close()));
  latencies.sort();
  const percentile = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
  return { elapsedMs, statuses, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}

process.on('message', (order: LoadOrder) => {
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
