import { noteKeyChange, relinkIdentities, type SystemTx } from '@parley/data';
import { dropInvalidText, identitiesOf, relinkingOf } from '@parley/domain';
import type { AppliedItem, IdentityChangeItem, RoutedWork } from './inbound-item.js';

type Work = RoutedWork<IdentityChangeItem>;

const TYPE_OF = { number: 'number-changed', 'user-id': 'user-id-changed' } as const;

/**
 * Applies what system messages say of their senders' ids: another number, another user id, another key. By position. These are
 * few: each is made by itself, older ones first, and the same message counts once.
 */
export async function applyIdentityChanges(tx: SystemTx, works: readonly Work[], now: Date): Promise<AppliedItem[]> {
  const results = works.map((): AppliedItem => ({ outcome: 'stored' }));
  const timeOf = (place: number): number => (works[place]!.item.content.at ?? now).getTime();
  const inOrder = [...works.keys()].sort((a, b) => timeOf(a) - timeOf(b));
  for (const place of inOrder) results[place] = await applyChange(tx, works[place]!, now);
  return results;
}

async function applyChange(tx: SystemTx, { number: { tenantId }, item: { content } }: Work, now: Date): Promise<AppliedItem> {
  const { change, previous, current, keyHash } = content;
  const at = content.at ?? now;
  const evidence = dropInvalidText(content.wamid);
  if (change === 'key') {
    const identities = identitiesOf(current);
    if (identities.length === 0) return { outcome: 'stored' };
    const contactId = await noteKeyChange(tx, { tenantId, identities, evidence, keyHash: keyHash && dropInvalidText(keyHash), at });
    return told(contactId, 'KEY_CHANGED');
  }
  const { retired, gained } = relinkingOf(content);
  // What names only one side tells nothing that could be joined.
  if (gained.length === 0 || identitiesOf(previous).length === 0) return { outcome: 'stored' };
  const contactId = await relinkIdentities(tx, { tenantId, type: TYPE_OF[change], evidence, at, retired, gained });
  return told(contactId, change === 'number' ? 'NUMBER_CHANGED' : 'USER_ID_CHANGED');
}

function told(id: string | null, to: string): AppliedItem {
  if (id === null) return { outcome: 'duplicate' };
  return { outcome: 'applied', news: [{ resource: 'contact', id, to, event: null }] };
}
