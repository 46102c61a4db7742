import { quantile } from '../../support/load.js';
import type { Evidence } from '../evidence.js';
import { entriesByMarker } from './conservation.js';
import type { Check } from './verdict.js';

/** Coarse on purpose: it only has to tell waiting for one's own number from waiting for somebody else's. `bin/bench fairness` measures. */
const QUIET_P99_MS = 2_000;

/** F23 alone: a tenant that sends now and then does not wait behind one that asked for hundreds at once. */
export const NEIGHBOUR: Check = {
  id: 'F23',
  title: 'a quiet tenant does not wait for a noisy one',
  judge(evidence) {
    const [noisy, quiet] = [lagsMs(evidence, 0), lagsMs(evidence, 1)].map((lags) => lags.map(({ ms }) => ms)) as [number[], number[]];
    const p99 = quantile(quiet, 0.99);
    const slow = lagsMs(evidence, 1).filter(({ ms }) => ms > QUIET_P99_MS);
    const figures = `p99 of the quiet one ${p99} ms (${quiet.length} messages), of the noisy one ${quantile(noisy, 0.99)} ms (${noisy.length})`;
    return { figures, wrongs: p99 <= QUIET_P99_MS ? [] : slow.map(({ id, ms }) => `the quiet tenant waited ${ms} ms: ${courseOf(evidence, id)}`) };
  },
};

/** How long after their 202 Meta took the messages of a tenant. */
function lagsMs(evidence: Evidence, tenant: number): { id: string; ms: number }[] {
  const ids = new Set(evidence.world.tenants[tenant]!.numbers.map(({ id }) => id));
  const promised = evidence.load.promised.filter(({ number }) => ids.has(number.id));
  const entries = entriesByMarker(evidence, promised.map(({ marker }) => marker));
  return promised.flatMap(({ id, marker, at }) => entries.get(marker)!.slice(0, 1).map((entry) => ({ id, ms: Math.max(0, entry.at - at) })));
}

/** The states of a message, and after how many ms it came to each. */
function courseOf({ transitions, load }: Evidence, id: string): string {
  const begin = load.promised.find((promised) => promised.id === id)!.at;
  const steps = transitions.filter(({ messageId }) => messageId === id).map(({ after, at }) => `${after} ${at.getTime() - begin}`);
  return steps.join(', ');
}
