import type { TenantId } from '@parley/domain';
import type { TenantTx } from '../tenant-db.js';

/** A contact with those that were joined to it. */
export interface OnePerson {
  /** The contact that stayed. */
  id: string;
  /** Its id first, then those of the joined ones, under which older records stand. */
  ids: string[];
}

/** Whom the id of a contact leads to, however many contacts were joined; null where the tenant has no such contact. */
export async function onePerson(tx: TenantTx, tenantId: TenantId, contactId: string): Promise<OnePerson | null> {
  const asked = await tx.contact.findUnique({ where: { tenantId_id: { tenantId, id: contactId } }, select: { mergedInto: true } });
  if (asked === null) return null;
  const id = asked.mergedInto ?? contactId;
  const joined = await tx.contact.findMany({ where: { tenantId, mergedInto: id }, select: { id: true }, orderBy: { id: 'asc' } });
  return { id, ids: [id, ...joined.map((one) => one.id)] };
}
