import { WINDOW_MS } from './pacing.js';

/** The distance between two starts of one class that has to fit into the slots of the number, in microseconds. */
export function classIntervalUs(perSecond: number, numberIntervalUs: number): number {
  // A start waits for the next slot of the number: its window is longer by one.
  return Math.ceil((WINDOW_MS * 1_000 + numberIntervalUs) / perSecond);
}

/**
 * Which slot each message of a number gets where business-initiated ones have a limit of their own: these take the first
 * free slot that is not before their own start, replies the rest, both in order.
 * @param slotsMs the number's starts, rising
 * @param isBusiness of each message that has a slot
 * @param businessMs starts of the class, rising
 * @returns by position; undefined: no slot is left
 */
export function assignSlots(slotsMs: readonly number[], isBusiness: readonly boolean[], businessMs: readonly number[]): (number | undefined)[] {
  const free = new Set(slotsMs.keys());
  const take = (notBefore: number): number | undefined => {
    for (const at of free) {
      if (slotsMs[at]! < notBefore) continue;
      free.delete(at);
      return slotsMs[at];
    }
    return undefined;
  };
  let next = 0;
  const business = isBusiness.map((isOne) => (isOne && next < businessMs.length ? take(businessMs[next++]!) : undefined));
  return isBusiness.map((isOne, at) => (isOne ? business[at] : take(-Infinity)));
}
