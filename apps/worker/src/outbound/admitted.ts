import type { ClaimedMessage, SetAside } from '@parley/data';
import type { Admissions } from '@parley/limits';

/** A slow limiter or a long wait must not outlive the lease of the claimed rows. */
export const LONGEST_WAIT_MS = 1_000;

/** What the limits said of a set. */
export interface Admitted {
  leaving: { message: ClaimedMessage; startsAt: number }[];
  /** May go, but not now: they stay at the head of the queue. */
  tooFast: ClaimedMessage[];
  /** When to ask again where the window is full. */
  retryInMs: number;
  aside: SetAside[];
}

/** By what each may do. The starts are in ms from now. */
export function sortOut(ready: readonly ClaimedMessage[], admissions: Admissions['admissions']): Admitted {
  const now = performance.now();
  const admitted: Admitted = { leaving: [], tooFast: [], retryInMs: LONGEST_WAIT_MS, aside: [] };
  for (const [at, message] of ready.entries()) {
    const admission = admissions[at]!;
    if (admission.kind === 'start') admitted.leaving.push({ message, startsAt: now + admission.startsAtMs });
    else if (admission.cause !== 'throughput') admitted.aside.push({ message, cause: admission.cause, retryInMs: admission.retryInMs });
    else {
      admitted.tooFast.push(message);
      admitted.retryInMs = Math.min(admitted.retryInMs, admission.retryInMs);
    }
  }
  return { ...admitted, leaving: admitted.leaving.sort((a, b) => a.startsAt - b.startsAt) };
}
