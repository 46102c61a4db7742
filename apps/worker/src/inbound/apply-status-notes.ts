import type { SystemTx } from '@parley/data';
import type { AppliedItem, StatusNoteItem, RoutedWork } from './inbound-item.js';

/** Kept in the ledger. By position. */
export function applyStatusNotes(_tx: SystemTx, works: readonly RoutedWork<StatusNoteItem>[], _now: Date): Promise<AppliedItem[]> {
  return Promise.resolve(works.map(() => ({ outcome: 'stored' as const })));
}
