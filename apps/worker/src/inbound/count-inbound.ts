import type { SettledItem } from './apply-items.js';
import type { LedgerWork, RoutedWork } from './inbound-item.js';

/** What Meta took longer ago than this no longer counts against a number's throughput. */
const RECENT_MS = 3_000;

/** How many messages came in for each number during the last seconds, by Meta's time. Copies of a webhook count once. */
export function inboundOf(settled: readonly SettledItem[], nowMs: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { outcome, work } of settled) {
    if (outcome !== 'applied' || work.item.kind !== 'message' || !isRouted(work)) continue;
    const { at } = work.item.content;
    if (at === null || nowMs - at.getTime() > RECENT_MS) continue;
    counts.set(work.number.id, (counts.get(work.number.id) ?? 0) + 1);
  }
  return counts;
}

const isRouted = (work: LedgerWork): work is RoutedWork => 'number' in work;
