/**
 * `bin/bench limiter`: one number with a backlog, at 80 and at 1,000 messages a second, Meta answering in 200 to 400 ms:
 * the most that came to Meta in any second, which must never be above the limit, and how much of the limit was used.
 */
import { Child } from './lib/child.js';
import { worstWindow } from './lib/worst-window.js';
import type { Arrivals } from './lib/orders.js';
import { runTrial } from './lib/trial.js';
import { allRests, HOLD_ALL, LET_ALL_GO, waitUntil } from './lib/underway.js';
import { connectWaker } from './lib/wake.js';
import { queueDeep } from './world/deep-backlog.js';
import { inviteGuests, openRestaurants } from './world/restaurants.js';

const LIMITS = [80, 1_000] as const;
const SECONDS = 20;
const SMOKE_SECONDS = 2;
const WINDOW_MS = 1_000;
const ANSWER_MS = { least: 200, most: 400 };
/** Rate x time of an answer, with room. */
const CONNECTIONS = '600';

await runTrial({
  name: 'limiter',
  bar: 0.97,
  passes: 'at least',
  async run({ environment, database }) {
    const { variables, config, logDir, smoke } = environment;
    const seconds = smoke ? SMOKE_SECONDS : (environment.seconds ?? SECONDS);
    const [restaurant] = await openRestaurants(database, config);
    const guests = Math.max(...LIMITS) * seconds;
    await inviteGuests(database, restaurant!, 0, guests);
    await database.tidy();
    const sink = await Child.fork<{ port: number }>('sink', 'peers/clocked-sink');
    await sink.child.ask<Arrivals>({ answerMs: ANSWER_MS });
    const env = { ...variables, GRAPH_URL: `http://127.0.0.1:${sink.hello.port}`, GRAPH_CONNECTIONS: CONNECTIONS, OUTBOUND_CONCURRENCY: CONNECTIONS };
    const worker = await Child.app('worker', { env, readyUrl: `http://127.0.0.1:${config.WORKER_PORT}/health/ready`, logDir });
    const waker = await connectWaker(config);

    /** When the messages of a number of this throughput came, in ms. */
    const arrivalsAt = async (limit: number, numberId: string): Promise<number[]> => {
      const count = limit * seconds;
      await database.run(HOLD_ALL);
      await allRests(database);
      await database.run('UPDATE phone_numbers SET per_second = $2 WHERE id = $1', [numberId, limit]);
      await queueDeep(database, restaurant!, { count, from: 0, guests: count, numberIds: [numberId] });
      await database.run(LET_ALL_GO);
      await waker.wake([numberId]);
      const arrived: number[] = [];
      await waitUntil('Every message has left', async () => {
        const { arrivals } = await sink.child.ask<Arrivals>({});
        arrived.push(...arrivals.map(([, atMs]) => atMs));
        return arrived.length >= count;
      });
      return arrived.toSorted((one, other) => one - other);
    };

    const more: Record<string, number> = {};
    let holds = true;
    const used: number[] = [];
    for (const [at, limit] of LIMITS.entries()) {
      const arrived = await arrivalsAt(limit, restaurant!.numberIds[at]!);
      const worst = worstWindow(arrived, WINDOW_MS);
      const rate = ((arrived.length - 1) / (arrived.at(-1)! - arrived[0]!)) * WINDOW_MS;
      console.log(`${limit}/s: ${rate.toFixed(1)}/s, ${worst} in the worst second`);
      Object.assign(more, { [`rateAt${limit}`]: rate, [`worstAt${limit}`]: worst });
      holds &&= worst <= limit;
      used.push(rate / limit);
    }
    await waker.close();
    const items = LIMITS.reduce((sum, limit) => sum + limit * seconds, 0);
    const ratio = Math.min(...used);
    return { ratio, ours: more['rateAt1000'] ?? 0, floor: Math.max(...LIMITS), items, more: { seconds, ...more }, holds, measured: [worker] };
  },
});
