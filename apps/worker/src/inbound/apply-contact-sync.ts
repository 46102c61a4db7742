import { ensureContacts, setBookEntries, type ContactBookEntry, type SystemTx } from '@parley/data';
import { dropInvalidText, identitiesOf, laterEntry, waIdToE164, type Identity } from '@parley/domain';
import type { AppliedItem, ContactSyncItem, RoutedWork } from './inbound-item.js';

type Work = RoutedWork<ContactSyncItem>;

/**
 * Keeps the names under which the restaurant has people in its phone book. By position. Who is not known yet becomes a contact
 * without any consent, so that the name is there when the person writes; a removal is kept as well, for an older addition may
 * come later.
 */
export async function applyContactSync(tx: SystemTx, works: readonly Work[], now: Date): Promise<AppliedItem[]> {
  const named = works.filter(({ item }) => identitiesIn(item).length > 0);
  const contactIds = await ensureContacts(
    tx,
    named.map(({ number: { tenantId }, item }) => ({ tenantId, identities: identitiesIn(item), name: null, at: item.content.at })),
  );
  const entries = new Map<string, ContactBookEntry>();
  for (const [place, { number: { tenantId }, item }] of named.entries()) {
    const contactId = contactIds[place]!;
    const entry = { name: nameIn(item), at: item.content.at ?? now };
    const before = entries.get(contactId);
    entries.set(contactId, { tenantId, contactId, ...(before ? laterEntry(before, entry) : entry) });
  }
  const changed = new Set(await setBookEntries(tx, [...entries.values()]));
  const contactOf = new Map(named.map((work, place) => [work, contactIds[place]!]));
  return works.map((work) => {
    const contactId = contactOf.get(work);
    if (contactId === undefined) return { outcome: 'stored' };
    return { outcome: changed.has(contactId) ? 'applied' : 'duplicate' };
  });
}

/** The phone number as the app has it, digits with or without a plus, is somebody's number and not yet anybody's WhatsApp id. */
function identitiesIn({ content: { phone, userId } }: ContactSyncItem): Identity[] {
  const digits = phone?.replace(/[\s().+-]/g, '') ?? '';
  const number = waIdToE164(digits);
  return [...identitiesOf({ waId: null, userId, parentUserId: null }), ...(number === null ? [] : [{ kind: 'phone' as const, value: number }])];
}

function nameIn({ content: { action, fullName, firstName } }: ContactSyncItem): string | null {
  const name = fullName ?? firstName;
  return action === 'remove' || name === null ? null : dropInvalidText(name);
}
