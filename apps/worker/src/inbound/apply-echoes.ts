import type { SystemTx } from '@parley/data';
import type { AppliedItem, EchoItem, RoutedWork } from './inbound-item.js';

/** Kept in the ledger. By position. */
export function applyEchoItems(_tx: SystemTx, works: readonly RoutedWork<EchoItem>[], _now: Date): Promise<AppliedItem[]> {
  return Promise.resolve(works.map(() => ({ outcome: 'stored' as const })));
}
