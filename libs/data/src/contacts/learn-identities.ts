import { isDerivedPhone, numberVariants, type Identity, type TenantId } from '@parley/domain';
import type { SystemQueries } from '../system-db.js';
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
