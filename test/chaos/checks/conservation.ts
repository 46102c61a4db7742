import type { LedgerEntry } from '../../support/simulator-client.js';
import type { Evidence, MessageRow } from '../evidence.js';
import { RANKS, rankOf, type Check, type Verdict } from './verdict.js';

/** Ends of a message that Meta never took. */
const NOT_TAKEN = new Set(['FAILED', 'UNKNOWN', 'EXPIRED', 'CANCELLED']);

/** Which ledger entries carry which text: by what was sent, not by what Parley wrote down about it. */
export function entriesByMarker({ ledger }: Evidence, markers: readonly string[]): Map<string, LedgerEntry[]> {
  const found = new Map<string, LedgerEntry[]>(markers.map((marker) => [marker, []]));
  for (const entry of ledger) {
    const marker = /Canary-\d+-\d+-/.exec(JSON.stringify(entry.body))?.[0];
    if (marker !== undefined) found.get(marker)?.push(entry);
  }
  return found;
}

/** C1: what was promised is there, and what it says of itself agrees with what Meta took. */
export const CONSERVATION: Check = {
  id: 'C1',
  title: 'nothing promised is lost',
  judge(evidence): Verdict {
    const { load, messages } = evidence;
    const rows = new Map(messages.map((row) => [row.id, row]));
    const taken = entriesByMarker(evidence, load.promised.map(({ marker }) => marker));
    const wrongs = load.promised.flatMap(({ id, marker }) => wrongOf(id, rows.get(id), taken.get(marker)![0]));
    wrongs.push(...inboundWrongs(evidence), ...strangers(evidence));
    const [count, received] = [load.promised.length, load.written.length];
    const left = [...taken.values()].filter((entries) => entries.length > 0).length;
    const figures = `${count} promised, ${left} taken by Meta, ${received} received; ${tally(messages)}`;
    return { figures, wrongs };
  },
};

function wrongOf(id: string, row: MessageRow | undefined, entry: LedgerEntry | undefined): string[] {
  if (!row) return [`${id} was promised and is not there`];
  if (!entry) return NOT_TAKEN.has(row.state) ? [] : [`${id} is ${row.state}, and Meta never took it`];
  const told = Math.max(1, ...entry.statuses.map(rankOf));
  const isDoubted = row.state === 'UNKNOWN' && entry.statuses.length === 0;
  if (isDoubted || rankOf(row.state) >= told) return [];
  return [`${id} is ${row.state} (${row.reason ?? 'no reason'}), and Meta took it and told ${entry.statuses.join(', ') || 'nothing'}`];
}

/** Each message of a customer has one effect: one row, and one answer of the echo. */
function inboundWrongs({ load, messages }: Evidence): string[] {
  const [received, answers] = [new Map<string, number>(), new Map<string, number>()];
  for (const { direction, wamid, content } of messages) {
    if (direction === 'INBOUND') received.set(wamid!, (received.get(wamid!) ?? 0) + 1);
    const marker = /Canary-\d+-\d+-/.exec(content)?.[0];
    if (direction === 'OUTBOUND' && marker !== undefined) answers.set(marker, (answers.get(marker) ?? 0) + 1);
  }
  return load.written.flatMap(({ wamid, marker }) => [
    ...(received.get(wamid) === 1 ? [] : [`${wamid} was received ${received.get(wamid) ?? 0} times`]),
    ...(answers.get(marker) === 1 ? [] : [`${wamid} was answered ${answers.get(marker) ?? 0} times`]),
  ]);
}

/** Whatever Meta took came from an attempt that was committed before. */
function strangers({ ledger, attempts }: Evidence): string[] {
  const known = new Set(attempts.map(({ id }) => id));
  return ledger.filter((entry) => !known.has(entry.biz_opaque_callback_data ?? '')).map(({ wamid }) => `${wamid} belongs to no attempt`);
}

function tally(messages: readonly MessageRow[]): string {
  const counts = new Map<string, number>();
  for (const { state } of messages) counts.set(state, (counts.get(state) ?? 0) + 1);
  const order = [...Object.keys(RANKS), ...NOT_TAKEN];
  return [...counts].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)).map(([state, count]) => `${count} ${state}`).join(', ');
}
