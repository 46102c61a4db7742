/** The floor of the benches `drain` and `graph`: an undici loop that POSTs messages to the sink and reads its answers. Nothing else. */
import { Pool } from 'undici';
import type { DrainOrder, DrainReport } from '../lib/orders.js';

const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer EAAFloor' };
let pool: Pool | undefined;

async function drain({ origin, path, connections, bodies }: DrainOrder): Promise<DrainReport> {
  const connected = (pool ??= new Pool(origin, { connections, pipelining: 1 }));
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = JSON.stringify(bodies[next++]);
      const answer = await connected.request({ path, method: 'POST', headers: HEADERS, body });
      await answer.body.json();
      if (answer.statusCode !== 200) throw new Error(`The sink answered ${answer.statusCode}`);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, send));
  return { elapsedMs: performance.now() - startedAt };
}

process.on('message', (order: DrainOrder) => void drain(order).then((report) => process.send?.(report)));
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
