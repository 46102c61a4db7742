/**
 * `bin/bench backlog`: how fast messages leave with a million rows queued, against a queue of a thousand; once more while
 * an old snapshot keeps every dead row alive, and once more with a pair of 10,000 rows that waits behind a doubt.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { median } from './lib/begin.js';
import { Child } from './lib/child.js';
import type { BenchDatabase } from './lib/database.js';
import { LOAD_CONNECTIONS } from './lib/orders.js';
import { runTrial } from './lib/trial.js';
import { allRests, HOLD_ALL, LET_ALL_GO } from './lib/underway.js';
import { connectWaker, type Waker } from './lib/wake.js';
import { queueDeep } from './world/deep-backlog.js';
import { inviteGuests, openRestaurants, type Restaurant } from './world/restaurants.js';

const ROWS = 1_000_000;
const SMALL = 1_000;
const ROUNDS = 11;
/** Rows that leave while the old snapshot is open, before anything is measured beside it. */
const DEAD = 20_000;
const PAIR = 10_000;
const GUESTS_EACH = 10_000;

interface Scale {
  readonly rows: number;
  readonly rounds: number;
  readonly dead: number;
  readonly pair: number;
}

/** Everything that a phase needs. */
class Race {
  constructor(
    private readonly database: BenchDatabase,
    private readonly restaurants: readonly Restaurant[],
    private readonly sink: Child,
    private readonly waker: Waker,
  ) {}

  /** So many messages to guests who have none on their way. */
  async queue(count: number): Promise<void> {
    const each = Math.ceil(count / this.restaurants.length);
    for (const restaurant of this.restaurants)
      await queueDeep(this.database, restaurant, { count: each, from: 0, guests: GUESTS_EACH });
  }

  /** Messages a second, from the wake-up until Meta has so many. */
  async rate(items: number): Promise<number> {
    await this.sink.ask({}); // what came late counts for nobody
    const startedAt = performance.now();
    await this.database.run(LET_ALL_GO);
    await this.waker.wake(this.restaurants.flatMap(({ numberIds }) => numberIds));
    for (let sends = 0; sends < items;) {
      sends += (await this.sink.ask<{ sends: number }>({})).sends;
      if (performance.now() - startedAt > 120_000)
        throw new Error(`Only ${sends} of ${items} messages left within 2 minutes`);
      await delay(5);
    }
    const elapsedMs = performance.now() - startedAt;
    await this.database.run(HOLD_ALL);
    await allRests(this.database);
    return (items * 1_000) / elapsedMs;
  }

  /** The middle of several rounds; `before` lays down what a round takes. */
  async rates(rounds: number, before: () => Promise<void> = async () => {}): Promise<number> {
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await before();
      rates.push(await this.rate(SMALL));
    }
    return median(rates);
  }

  /** One pair with so many rows behind a message of which nobody knows what became. */
  async blockPair(rows: number): Promise<void> {
    const [restaurant] = this.restaurants;
    const [numberId] = restaurant!.numberIds;
    await queueDeep(this.database, restaurant!, {
      count: rows + 1,
      from: GUESTS_EACH,
      guests: 1,
      numberIds: [numberId!],
    });
    await this.database.run(
      `UPDATE messages SET state = 'UNKNOWN', attempt_id = uuid_v7(), updated_at = now() + interval '1 day'
        WHERE tenant_id = $1 AND id = (SELECT id FROM messages WHERE phone_number_id = $2 AND state = 'QUEUED' ORDER BY lane, id LIMIT 1)`,
      [restaurant!.tenantId, numberId],
    );
  }
}

async function measure(
  race: Race,
  database: BenchDatabase,
  { rows, rounds, dead, pair }: Scale,
): Promise<Record<string, number>> {
  const small = (): Promise<void> => race.queue(SMALL);
  await race.rates(3, small); // both sides have been compiled
  const thousand = await race.rates(rounds, small);
  console.log(`${SMALL} queued: ${Math.round(thousand)}/s`);
  await race.queue(rows);
  await database.tidy();
  const million = await race.rates(rounds);
  console.log(`${rows} queued: ${Math.round(million)}/s`);
  const snapshot = await database.oldSnapshot();
  await race.rate(dead);
  const beside = await race.rates(rounds);
  await snapshot.end();
  console.log(`${rows} queued beside an old snapshot: ${Math.round(beside)}/s`);
  await database.empty();
  await race.blockPair(pair);
  await database.tidy();
  const blocked = await race.rates(rounds, small);
  console.log(`a pair of ${pair} in doubt: ${Math.round(blocked)}/s`);
  return { thousand, million, snapshot: beside, pair: blocked };
}

await runTrial({
  name: 'backlog',
  bar: 0.9,
  passes: 'at least',
  async run({ environment, database }) {
    const { config, logDir, profileDir, smoke } = environment;
    const scale = smoke
      ? { rows: 3_000, rounds: 1, dead: 500, pair: 200 }
      : { rows: environment.rows ?? ROWS, rounds: environment.rounds ?? ROUNDS, dead: DEAD, pair: PAIR };
    const restaurants = await openRestaurants(database, config);
    for (const restaurant of restaurants) await inviteGuests(database, restaurant, 0, GUESTS_EACH + 1);
    await database.run(HOLD_ALL);
    const sink = await Child.fork<{ port: number }>('sink', 'peers/sink');
    const connections = String(LOAD_CONNECTIONS);
    const env = {
      ...environment.variables,
      GRAPH_URL: `http://127.0.0.1:${sink.hello.port}`,
      GRAPH_CONNECTIONS: connections,
      OUTBOUND_CONCURRENCY: connections,
    };
    const worker = await Child.app('worker', {
      env,
      readyUrl: `http://127.0.0.1:${config.WORKER_PORT}/health/ready`,
      logDir,
      profileDir,
    });
    const waker = await connectWaker(config);
    const rates = await measure(new Race(database, restaurants, sink.child, waker), database, scale);
    await waker.close();
    const { thousand = 0, million = 0, snapshot = 0, pair = 0 } = rates;
    const ours = Math.min(million, snapshot, pair);
    const items = SMALL * scale.rounds * 4;
    return {
      ratio: ours / thousand,
      ours,
      floor: thousand,
      items,
      more: { rows: scale.rows, million, snapshot, pair },
      measured: [worker],
    };
  },
});
