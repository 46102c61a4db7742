/**
 * Meta's limit for one number and one person, a bucket of debt: one message each 6 s, of which 45 may be borrowed from the
 * future. A pair is one time: when its debt is paid off (the generic cell rate algorithm). All times in microseconds.
 */
export const PAIR_INTERVAL_US = 6_000_000;

export const PAIR_BURST = 45;

/** A pair whose debt is larger than this has to wait: the burst is used up. */
export const PAIR_TOLERANCE_US = (PAIR_BURST - 1) * PAIR_INTERVAL_US;

/** What a pair sent longer ago than this no longer matters. */
export const PAIR_MEMORY_US = PAIR_BURST * PAIR_INTERVAL_US;

/** After 131056 a pair rests 4^n seconds, n rising from 0 with each answer of that kind. */
export const PENALTY_BASE = 4;

/** How long the answers of that kind are counted: after that the next rest is a second again. */
export const PENALTY_MEMORY_MS = 600_000;

/** No rest is longer than 4^4 seconds: by then the whole bucket is empty again. */
export const MOST_PENALTIES = 5;

/** How much debt is left of the sends that lie so long back, in any order. */
export function debtOf(sentAgoUs: readonly number[]): number {
  const rising = [...sentAgoUs].sort((one, other) => other - one);
  const paidOff = rising.reduce((debt, agoUs) => Math.max(debt, -agoUs) + PAIR_INTERVAL_US, -Infinity);
  return Math.max(0, paidOff);
}

/** How long a pair with that debt has to wait; 0: it may send now. */
export function pairWaitUs(debtUs: number): number {
  return Math.max(0, debtUs - PAIR_TOLERANCE_US);
}

/** How long the pair rests after the nth 131056 in a row, from 1 on. */
export function penaltyUs(count: number): number {
  return PENALTY_BASE ** (Math.min(count, MOST_PENALTIES) - 1) * 1_000_000;
}
