/**
 * `bin/bench soak`: 50 messages a second for 10 minutes through everything (api, worker, simulator, three statuses of each
 * message back by webhooks): the share of errors, and whether memory grows.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from './lib/child.js';
import type { PacedReport } from './lib/orders.js';
import { runTrial } from './lib/trial.js';
import { waitUntil } from './lib/underway.js';
import { Meta, openAtMeta } from './world/at-meta.js';
import { sendRequests } from './world/orders.js';
import { inviteGuests, openRestaurants } from './world/restaurants.js';

const PER_SECOND = 50;
const SECONDS = 600;
const CONNECTIONS = 32;
const GUESTS_EACH = 2_000;
const SAMPLE_MS = 1_000;
/** By how much of itself the resident set may grow from the second quarter to the last; the first one is for warming up. */
const LARGEST_GROWTH = 0.05;

const STATUSES_SOON = {
  statusDelaysMs: { sent: 100, delivered: 300, read: 600 },
  readShare: 1,
  answerDelayMs: { min: 50, max: 150 },
};

/** The resident sets of processes over time, in MB. */
class Memory {
  private readonly samples: number[][];
  private isOver = false;

  constructor(private readonly children: readonly Child[]) {
    this.samples = children.map(() => []);
  }

  async watch(): Promise<void> {
    for (; !this.isOver; await delay(SAMPLE_MS))
      for (const [at, child] of this.children.entries()) if (child.rssMb !== null) this.samples[at]!.push(child.rssMb);
  }

  /** The largest growth of any of them, as a share of what it was. */
  growth(): number {
    this.isOver = true;
    return Math.max(
      ...this.samples.map((samples) => {
        const mean = (from: number, to: number): number => {
          const part = samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
          return part.reduce((sum, mb) => sum + mb, 0) / part.length;
        };
        return mean(0.75, 1) / mean(0.25, 0.5) - 1;
      }),
    );
  }
}

await runTrial({
  name: 'soak',
  bar: 0.01,
  passes: 'at most',
  async run({ environment, database }) {
    const { variables, config, logDir, smoke } = environment;
    const seconds = smoke ? 4 : (environment.seconds ?? SECONDS);
    const restaurants = await openRestaurants(database, config);
    for (const restaurant of restaurants) await inviteGuests(database, restaurant, 0, GUESTS_EACH);
    await database.tidy();
    const { child: generator } = await Child.fork('load', 'peers/paced-load');
    const simulator = await Child.fork<{ url: string }>('simulator', 'peers/simulator');
    const meta = new Meta(simulator.hello.url);
    await openAtMeta(meta, config, STATUSES_SOON);
    const env = { ...variables, GRAPH_URL: meta.url };
    const apiUrl = `http://127.0.0.1:${config.API_PORT}`;
    const measured = [
      await Child.app('api', { env, readyUrl: `${apiUrl}/health/ready`, logDir }),
      await Child.app('worker', { env, readyUrl: `http://127.0.0.1:${config.WORKER_PORT}/health/ready`, logDir }),
    ];
    const memory = new Memory(measured);
    void memory.watch();
    const items = seconds * PER_SECOND;
    const requests = sendRequests(restaurants, items, GUESTS_EACH);
    const order = {
      origin: apiUrl,
      path: `/${config.API_PREFIX}/messages`,
      requests,
      perSecond: PER_SECOND,
      connections: CONNECTIONS,
      forMs: seconds * 1_000 + 200,
    };
    const { statuses, p50Ms, p99Ms } = await generator.ask<PacedReport>(order);
    const growth = memory.growth();
    const read = (): Promise<number> => database.count(`messages WHERE state = 'READ'`);
    await waitUntil('Everything is read', async () => (await read()) >= (statuses[202] ?? 0), 30_000).catch(
      () => undefined,
    ); // what is not counts as an error
    const errors = items - Math.min(statuses[202] ?? 0, await read());
    const ours = errors / items;
    return {
      ratio: ours,
      ours: items / seconds,
      floor: null,
      p50Ms,
      p99Ms,
      items,
      more: { seconds, errors, growth },
      holds: growth <= LARGEST_GROWTH,
      measured,
    };
  },
});
