import { onePerson, type TenantTx } from '@parley/data';
import { variantsOf, type Identity, type TenantId } from '@parley/domain';

/** Digits, as people write phone numbers; also those of orders, which is why nobody's number goes on as words. */
const NUMBER = /^\s*\+?[\d\s()./-]{6,24}$/;
const LEAST_DIGITS = 6;

/** The contact with this phone number, in any form with its country code; null where it is no number, or nobody's. */
export async function contactOfNumber(tx: TenantTx, tenantId: TenantId, q: string): Promise<string | null> {
  const digits = q.replaceAll(/\D/g, '').replace(/^00/, '');
  if (!NUMBER.test(q) || digits.length < LEAST_DIGITS) return null;
  const phone: Identity = { kind: 'phone', value: `+${digits}` };
  const identities: Identity[] = [phone, { kind: 'wa_id', value: digits }, ...variantsOf(phone)];
  const owner = await tx.contactIdentity.findFirst({ where: { tenantId, OR: identities }, select: { contactId: true } });
  return owner && survivingContact(tx, tenantId, owner.contactId);
}

/** The contact, or the one that it was joined to, which has its conversations now. */
export async function survivingContact(tx: TenantTx, tenantId: TenantId, contactId: string): Promise<string> {
  return (await onePerson(tx, tenantId, contactId))?.id ?? contactId;
}
