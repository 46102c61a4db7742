import { ensureContacts, recordConsents, type ConsentDecision, type SystemTx } from '@parley/data';
import { identitiesOf, type ConsentStatus } from '@parley/domain';
import type { AppliedItem, ItemNews, PreferenceItem, RoutedWork } from './inbound-item.js';

type Work = RoutedWork<PreferenceItem>;

/** Meta's own words; what it may say of other categories is kept in the ledger. */
const MARKETING = 'marketing_messages';
const STATUSES: Readonly<Record<string, ConsentStatus>> = { stop: 'REVOKED', resume: 'GRANTED' };

/**
 * What people chose about marketing in WhatsApp itself: it counts for every number, as Meta makes it count. By position. The
 * latest choice stands whichever comes first; one that is older than what stands has no effect.
 */
export async function applyPreferences(tx: SystemTx, works: readonly Work[], now: Date): Promise<AppliedItem[]> {
  const chosen = works.filter(({ item }) => statusOf(item) !== null && identitiesOfItem(item).length > 0);
  const contactIds = await ensureContacts(
    tx,
    chosen.map(({ number: { tenantId }, item }) => ({ tenantId, identities: identitiesOfItem(item), name: null, at: item.content.at })),
  );
  const recorded = await recordConsents(tx, chosen.map((work, at) => decisionOf(work, contactIds[at]!, now)));
  const results = new Map(chosen.map((work, at) => [work, { contactId: contactIds[at]!, stands: recorded[at]!.stands }]));
  return works.map((work) => {
    const result = results.get(work);
    if (!result) return { outcome: 'stored' };
    return result.stands ? { outcome: 'applied', news: [newsOf(work, result.contactId)] } : { outcome: 'duplicate' };
  });
}

function statusOf({ content: { category, value } }: PreferenceItem): ConsentStatus | null {
  return category === MARKETING && value !== null && Object.hasOwn(STATUSES, value) ? STATUSES[value]! : null;
}

function identitiesOfItem({ content: { waId, userId } }: PreferenceItem) {
  return identitiesOf({ waId, userId, parentUserId: null });
}

function decisionOf({ number: { tenantId }, item }: Work, contactId: string, now: Date): ConsentDecision {
  const { value, at } = item.content;
  return {
    tenantId,
    contactId,
    purpose: 'marketing',
    status: statusOf(item)!,
    source: 'meta',
    evidence: `user_preferences: ${value} of ${MARKETING}`,
    actor: 'customer',
    messageId: null,
    decidedAt: at ?? now,
    onceKey: `user_preferences ${value} ${at?.toISOString() ?? ''}`,
    onlyIfNewer: true,
  };
}

function newsOf({ item }: Work, id: string): ItemNews {
  return { resource: 'consent', id, to: statusOf(item)!, event: 'whatsapp.consent_changed' };
}
