/**
 * `bin/bench drain`: a backlog over 50 numbers leaves through one worker, against an undici loop to the same sink.
 * The numbers rest while the backlog is laid down; the clock starts when they may send and are woken, and ends when
 * Postgres says that every message is ACCEPTED.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from './lib/child.js';
import { runBench, type Round } from './lib/contest.js';
import type { BenchDatabase } from './lib/database.js';
import { assertStored } from './lib/http-contest.js';
import { LOAD_CONNECTIONS, type DrainOrder, type DrainReport } from './lib/orders.js';
import { connectWaker } from './lib/wake.js';
import { queueBacklog, sendBody } from './world/backlog.js';
import { openRestaurants } from './world/restaurants.js';

const LOOK_MS = 20;
const LONGEST_DRAIN_MS = 120_000;

const REST = `INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor) SELECT id, 'tenant', id, 'pause', 'bench', 'bench' FROM tenants`;
const START = `UPDATE holds SET ended_at = now(), ended_by = 'bench' WHERE ended_at IS NULL`;
const LEASED = 'phone_numbers WHERE lease_until > now()';
/** Answered by partial indexes, so that looking costs the worker nothing. */
const IS_UNDERWAY = `SELECT EXISTS (SELECT FROM messages WHERE state = 'QUEUED') OR EXISTS (SELECT FROM messages WHERE state IN ('DISPATCHED', 'SENDING'))
  OR EXISTS (SELECT FROM messages WHERE state = 'WAITING') AS underway`;
const POST_TIMES = `SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM accepted_at - sending_at) * 1000) AS ms FROM messages`;

async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + LONGEST_DRAIN_MS; Date.now() < deadline; await delay(LOOK_MS))
    if (await isSo()) return;
  throw new Error(`${what}: not within ${LONGEST_DRAIN_MS / 1_000} s`);
}

/** Everything left once, and was recorded: the attempts are the timeline. */
async function assertDrained(database: BenchDatabase, sends: number, items: number): Promise<void> {
  assertStored('sends', sends, items);
  assertStored(
    'wamids',
    await database.count(`(SELECT DISTINCT wamid FROM messages WHERE state = 'ACCEPTED') m`),
    items,
  );
  assertStored('attempts', await database.count(`message_attempts WHERE outcome = 'accepted'`), items);
  assertStored('events', await database.count(`events WHERE type = 'whatsapp.conversation_opened'`), items);
}

await runBench({
  name: 'drain',
  bar: 0.2,
  items: 20_000,
  warmUpRounds: 1,
  rounds: 5,
  async setUp(environment, database) {
    const { config, logDir, profileDir } = environment;
    const restaurants = await openRestaurants(database, config);
    const numberIds = restaurants.flatMap((restaurant) => restaurant.numberIds);
    const sink = await Child.fork<{ port: number }>('sink', 'peers/sink');
    const floor = await Child.fork('floor', 'floors/drain.floor');
    const sinkUrl = `http://127.0.0.1:${sink.hello.port}`;
    const connections = String(LOAD_CONNECTIONS);
    const env = {
      ...environment.variables,
      GRAPH_URL: sinkUrl,
      GRAPH_CONNECTIONS: connections,
      OUTBOUND_CONCURRENCY: connections,
    };
    const readyUrl = `http://127.0.0.1:${config.WORKER_PORT}/health/ready`;
    const worker = await Child.app('worker', { env, readyUrl, logDir, profileDir });
    const waker = await connectWaker(config);
    const sinkCount = async (): Promise<number> => (await sink.child.ask<{ sends: number }>({})).sends;
    let guests = 0;
    return {
      measured: worker,
      async floor(items) {
        const bodies = Array.from({ length: items }, (_, at) => sendBody(at));
        const path = `/${config.GRAPH_VERSION}/300000000000001/messages`;
        const order: DrainOrder = { origin: sinkUrl, path, connections: LOAD_CONNECTIONS, bodies };
        const { elapsedMs } = await floor.child.ask<DrainReport>(order);
        assertStored('sends', await sinkCount(), items);
        return { items, elapsedMs };
      },
      async ours(items): Promise<Round> {
        await database.run(REST);
        await waitUntil('Turns of the last round have ended', async () => (await database.count(LEASED)) === 0);
        await database.empty();
        await queueBacklog(database, restaurants, guests, items);
        guests += items;
        const startedAt = performance.now();
        await database.run(START);
        await waker.wake(numberIds);
        await waitUntil(
          'Every message has left',
          async () => !(await database.one<{ underway: boolean }>(IS_UNDERWAY)).underway,
        );
        const elapsedMs = performance.now() - startedAt;
        await assertDrained(database, await sinkCount(), items);
        const [p50Ms = 0, p99Ms = 0] = (await database.one<{ ms: number[] }>(POST_TIMES)).ms;
        return { items, elapsedMs, p50Ms, p99Ms };
      },
      close: () => waker.close(),
    };
  },
});
