import { isDerivedPhone, numberVariants, type Identity, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries } from '../system-db.js';
import { addIdentities, findFormerOwners, findOwners, identityKey, proposeMerges, type OwnedIdentity } from './identities.repository.js';

/** Ids that Meta used for a contact, of whom we know already which it is: the recipient of a status, the answer to a send. */
export interface LearntIdentities {
  tenantId: TenantId;
  contactId: string;
  identities: readonly Identity[];
  /** Meta's time of it. */
  at: Date | null;
}

/**
 * Gives contacts the ids under which Meta knows them. One look-up where all of them are known. An id that another contact has
 * says that the two are one person; one that was given up after this moment is no news.
 */
export async function learnIdentities(tx: SystemQueries, learnt: readonly LearntIdentities[]): Promise<void> {
  const all = flat(learnt);
  const owners = await findOwners(tx, all);
  const fresh = all.filter((one) => !owners.has(identityKey(one)));
  const others = all.flatMap((one) => {
    const owner = owners.get(identityKey(one));
    return owner !== undefined && owner !== one.contactId ? [{ tenantId: one.tenantId, one: owner, other: one.contactId }] : [];
  });
  await proposeMerges(tx, others);
  if (fresh.length === 0) return;
  const timed = fresh.filter((one): one is OwnedIdentity & { at: Date } => one.at !== null);
  const former = await findFormerOwners(tx, timed);
  const given = new Set(timed.filter((_, at) => former[at] !== null).map(identityKey));
  await addIdentities(tx, fresh.filter((one) => !given.has(identityKey(one))));
}

/** Each id once, for the contact that it was first said of. */
function flat(learnt: readonly LearntIdentities[]): (OwnedIdentity & { at: Date | null })[] {
  const known = new Map<string, OwnedIdentity & { at: Date | null }>();
  for (const { tenantId, contactId, identities, at } of learnt) {
    for (const one of identities) {
      // Of a number with two forms the contact may have the other one: what we make of a wa_id adds nothing.
      if (isDerivedPhone(one, identities) && numberVariants(one.value).length > 0) continue;
      const owned = { tenantId, contactId, at, ...one };
      if (!known.has(identityKey(owned))) known.set(identityKey(owned), owned);
    }
  }
  return [...known.values()];
}

/** Meta's answer to a send that names the recipient by another number than the one that was asked for. */
export interface RenamingAnswer {
  tenantId: string;
  messageId: string;
  waId: string;
}

const OTHERS: Statement = {
  name: 'contacts.others-of-answers',
  text: `
    SELECT m.tenant_id AS "tenantId", m.contact_id AS one, ci.contact_id AS other
      FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS i (tenant_id, message_id, wa_id)
      JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id
      JOIN contact_identities ci ON ci.tenant_id = i.tenant_id AND ci.kind = 'wa_id' AND ci.value = i.wa_id AND ci.contact_id <> m.contact_id`,
};

/** An answer that names a recipient by a number which another contact has: the two are one person. What nobody had, the record itself adds. */
export async function learnFromAnswers(db: SystemQueries, answers: readonly RenamingAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  const values = columns(answers, (a) => a.tenantId, (a) => a.messageId, (a) => a.waId);
  await proposeMerges(db, await db.query<{ tenantId: TenantId; one: string; other: string }>(OTHERS, values));
}
