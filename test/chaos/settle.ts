import { setTimeout as delay } from 'node:timers/promises';
import { GRAPH_CONNECT_TIMEOUT_MS, GRAPH_READ_TIMEOUT_MS, type World } from './world.js';

const LOOK_MS = 500;
/** Quiet is what stays quiet. */
const LOOKS = 3;
const LONGEST_MS = 120_000;
/** After this no POST can be under way any more: what is still SENDING lost its worker. */
const ORPHANED_MS = 2 * (GRAPH_CONNECT_TIMEOUT_MS + GRAPH_READ_TIMEOUT_MS);

/** Lets the time pass that retries, pauses and orphans wait for, and nothing else. */
const HURRY = [
  `UPDATE messages SET lease_until = now() WHERE state = 'SENDING' AND lease_until > now() AND sending_at < now() - interval '${ORPHANED_MS} milliseconds'`,
  "UPDATE messages SET wait_until = now() WHERE state = 'WAITING' AND wait_cause = 'retry' AND wait_until > now()",
  'UPDATE holds SET until = now() WHERE ended_at IS NULL AND until > now()',
  "UPDATE webhook_items SET next_at = now() WHERE state = 'RETRY' AND next_at > now()",
  "UPDATE automation_runs SET until = now() WHERE state IN ('DUE', 'WAITING') AND until > now()",
];

/** What only a person lifts, a person lifts once everything is well again. */
const LIFT = "UPDATE holds SET ended_at = now(), ended_by = 'chaos' WHERE ended_at IS NULL AND until IS NULL";

/** Nothing is on its way any more that could end a doubt: the time after which it ends by itself passes. */
const DOUBT_NO_MORE = "UPDATE messages SET updated_at = now() - interval '1 day' WHERE state = 'UNKNOWN'";

/** What is still to be done, by name; all zero once it is quiet. */
const UNDONE = `
  SELECT (SELECT count(*)::int FROM messages WHERE state = 'QUEUED') AS queued,
         (SELECT count(*)::int FROM messages WHERE state = 'WAITING') AS waiting,
         (SELECT count(*)::int FROM messages WHERE state IN ('DISPATCHED', 'SENDING')) AS underway,
         (SELECT count(*)::int FROM messages WHERE state = 'UNKNOWN') AS doubtful,
         (SELECT count(*)::int FROM messages WHERE direction = 'INBOUND' AND automated_at IS NULL) AS unanswered,
         (SELECT count(*)::int FROM automation_runs WHERE until IS NOT NULL) AS answers,
         (SELECT count(*)::int FROM webhook_events WHERE state = 'NEW') AS webhooks,
         (SELECT count(*)::int FROM webhook_items WHERE state = 'RETRY') AS items`;

export type Undone = Readonly<Record<string, number>>;

/** Waits until nothing is left to do. Returns what is left where that does not happen in time. */
export async function settle(world: World): Promise<Undone> {
  let undone: Undone = {};
  let quiet = 0;
  await world.cluster.rows(LIFT);
  for (const deadline = performance.now() + LONGEST_MS; performance.now() < deadline && quiet < LOOKS; await delay(LOOK_MS)) {
    for (const statement of HURRY) await world.cluster.rows(statement);
    undone = await undoneIn(world);
    if (Object.keys(undone).join() === 'doubtful') await world.cluster.rows(DOUBT_NO_MORE);
    quiet = Object.keys(undone).length === 0 ? quiet + 1 : 0;
  }
  return undone;
}

async function undoneIn(world: World): Promise<Undone> {
  const [counts] = await world.cluster.rows<Record<string, number>>(UNDONE);
  const { callbacks } = await world.cluster.simulator.control<{ callbacks: { backlog: Record<string, number> }[] }>('GET', '/receiver');
  const untold = callbacks.flatMap(({ backlog }) => Object.values(backlog)).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(Object.entries({ ...counts, untold }).filter(([, count]) => count > 0));
}
