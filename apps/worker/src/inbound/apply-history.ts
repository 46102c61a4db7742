import type { SystemTx } from '@parley/data';
import type { AppliedItem, HistoryItem, RoutedWork } from './inbound-item.js';

/** Kept in the ledger. By position. */
export function applyHistoryItems(_tx: SystemTx, works: readonly RoutedWork<HistoryItem>[], _now: Date): Promise<AppliedItem[]> {
  return Promise.resolve(works.map(() => ({ outcome: 'stored' as const })));
}
