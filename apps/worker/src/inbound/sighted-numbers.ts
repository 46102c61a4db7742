import type { SettledItem } from './apply-items.js';

/** The doctor needs to know of minutes; the path of every webhook must not pay for more. */
const NOTE_EVERY_MS = 15_000;
const MAX_NUMBERS = 20_000;

/** Which numbers have webhooks arriving, noted for each of them now and then. */
export class SightedNumbers {
  private readonly notedAt = new Map<string, number>();

  /** Meta's ids of the numbers among these items that are to be noted now. */
  due(settled: readonly SettledItem[], nowMs: number): string[] {
    if (this.notedAt.size > MAX_NUMBERS) this.notedAt.clear();
    const due = new Set<string>();
    for (const { outcome, work } of settled) {
      const { phoneNumberId } = work.item;
      // What an app of somebody else says about a number proves nothing.
      if (phoneNumberId === null || outcome === 'refused' || outcome === 'unrouted') continue;
      if (nowMs - (this.notedAt.get(phoneNumberId) ?? -Infinity) >= NOTE_EVERY_MS) due.add(phoneNumberId);
    }
    for (const id of due) this.notedAt.set(id, nowMs);
    return [...due];
  }
}
