/**
 * What Meta's 130429 does to a number: its rate is halved, and comes back by an eighth of the limit every ten seconds.
 * One slow-down is two figures: the share of the limit right after it, and when it was.
 */
export const SLOW_STEP_MS = 10_000;
export const SLOW_STEP_SHARE = 1 / 8;
export const LEAST_SHARE = 1 / 16;

/** Answers to what had left before the slow-down took hold say nothing new. */
export const SLOW_GAP_MS = 2_000;

export interface SlowDown {
  readonly share: number;
  readonly atMs: number;
}

/** The share of its limit that a number may use now. */
export function shareAt(slowed: SlowDown | null, nowMs: number): number {
  if (!slowed) return 1;
  const steps = Math.floor(Math.max(0, nowMs - slowed.atMs) / SLOW_STEP_MS);
  return Math.min(1, slowed.share + steps * SLOW_STEP_SHARE);
}

/** The slow-down after another 130429. */
export function slowedDown(slowed: SlowDown | null, nowMs: number): SlowDown {
  if (slowed && nowMs - slowed.atMs < SLOW_GAP_MS) return slowed;
  return { share: Math.max(LEAST_SHARE, shareAt(slowed, nowMs) / 2), atMs: nowMs };
}
