/**
 * Starts are spread evenly over windows that are a little longer than Meta's second. Consecutive starts lie at least
 * one interval apart, so any 1,020 ms hold at most `perSecond` planned starts; and a start that leaves up to 20 ms late
 * stays within any 1,000 ms. No window has to be counted.
 */
export const WINDOW_MS = 1_020;

/** How late a start may be used. Later, it must be given up and taken anew. */
export const MAX_LATENESS_MS = WINDOW_MS - 1_000;

/** How far ahead start times are given out. */
export const HORIZON_MS = 1_000;

/**
 * How long nothing starts where the last starts are not known (an empty Redis, a change of backend): what was given
 * out before may lie a whole horizon ahead, and a whole empty window follows it.
 */
export const QUIET_MS = HORIZON_MS + WINDOW_MS;

/** The distance between two starts of a number, in microseconds, rounded up. @param perSecond a whole number, 1 or more */
export function intervalUs(perSecond: number): number {
  if (!Number.isSafeInteger(perSecond) || perSecond < 1)
    throw new RangeError('perSecond must be a whole number above 0');
  return Math.ceil((WINDOW_MS * 1_000) / perSecond);
}
