import type { SystemTx } from '@parley/data';
import type { AppliedItem, ChangeItem, RoutedWork } from './inbound-item.js';

/** Kept in the ledger. By position. */
export function applyMessageChanges(_tx: SystemTx, works: readonly RoutedWork<ChangeItem>[], _now: Date): Promise<AppliedItem[]> {
  return Promise.resolve(works.map(() => ({ outcome: 'stored' as const })));
}
