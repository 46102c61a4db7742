import type { Cluster } from './cluster.js';
import { REACHED, type SentMessage } from './restaurant.js';
import type { LedgerEntry } from './simulator-client.js';
import { waitFor } from './wait-for.js';

/** How many of these messages stand in which state, as stored. */
export async function statesOf(cluster: Cluster, messages: readonly SentMessage[]): Promise<Record<string, number>> {
  const rows = await cluster.rows<{ state: string; count: number }>(
    'SELECT state, count(*)::int AS count FROM messages WHERE id = ANY ($1::uuid[]) GROUP BY state ORDER BY state',
    [messages.map(({ id }) => id)],
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Waits until every message has reached its recipient's phone. @throws with the states where that does not happen */
export async function allReached(cluster: Cluster, messages: readonly SentMessage[], timeoutMs = 20_000): Promise<void> {
  let states: Record<string, number> = {};
  const areReached = async (): Promise<boolean> => {
    states = await statesOf(cluster, messages);
    const reached = Object.entries(states).filter(([state]) => REACHED.includes(state));
    return reached.reduce((sum, [, count]) => sum + count, 0) === messages.length;
  };
  await waitFor(areReached, timeoutMs).catch(() => {
    throw new Error(`Not every message reached its recipient within ${timeoutMs} ms: ${JSON.stringify(states)}`);
  });
}

/** The entries of the simulator's ledger for these messages: each has a recipient of its own, so this rests on nothing that Parley says. */
export async function entriesOf(cluster: Cluster, messages: readonly SentMessage[]): Promise<Map<string, LedgerEntry[]>> {
  const entries = new Map<string, LedgerEntry[]>(messages.map(({ to }) => [digitsOf(to), []]));
  for (const entry of await cluster.simulator.ledger()) entries.get(entry.recipient)?.push(entry);
  return new Map(messages.map(({ id, to }) => [id, entries.get(digitsOf(to)) ?? []]));
}

/** Ids of messages that Meta took more than once. */
export async function takenTwice(cluster: Cluster, messages: readonly SentMessage[]): Promise<string[]> {
  return idsWhere(await entriesOf(cluster, messages), (count) => count > 1);
}

/** Ids of messages that Meta never took. */
export async function neverTaken(cluster: Cluster, messages: readonly SentMessage[]): Promise<string[]> {
  return idsWhere(await entriesOf(cluster, messages), (count) => count === 0);
}

/** Ids of the messages that were ever UNKNOWN, by their timeline. */
export async function everUnknown(cluster: Cluster, messages: readonly SentMessage[]): Promise<string[]> {
  const text = "SELECT DISTINCT message_id FROM message_events WHERE type = 'unknown' AND message_id = ANY ($1::uuid[])";
  return (await cluster.rows<{ message_id: string }>(text, [messages.map(({ id }) => id)])).map((row) => row.message_id);
}

/** How often Meta refused one of a number's sends for passing its throughput. */
export function throughputRefusals(cluster: Cluster, numberId: string): Promise<number> {
  const text = 'SELECT count(*) FROM message_attempts a JOIN messages m ON m.id = a.message_id WHERE m.phone_number_id = $1 AND a.error_code = 130429';
  return cluster.count(text, [numberId]);
}

/** Ids of the messages that are SENDING at this moment. */
export async function sendingNow(cluster: Cluster): Promise<string[]> {
  return (await cluster.rows<{ id: string }>("SELECT id FROM messages WHERE state = 'SENDING'")).map(({ id }) => id);
}

const digitsOf = (phone: string): string => phone.replace('+', '');

function idsWhere(entries: ReadonlyMap<string, LedgerEntry[]>, fits: (count: number) => boolean): string[] {
  return [...entries].filter(([, taken]) => fits(taken.length)).map(([id]) => id);
}
