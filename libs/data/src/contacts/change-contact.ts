import type { TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';
import { ownName, shownName } from './contact-names.repository.js';

/** What a tenant says of a contact; null clears, undefined leaves. */
export interface ContactChanges {
  name?: string | null | undefined;
  customerId?: string | null | undefined;
  context?: object | null | undefined;
}

const GIVEN = 'CASE WHEN $3 THEN $4 ELSE k.given_name END';

const CHANGE: Statement = {
  name: 'contacts.change',
  text: `
    UPDATE contacts k
       SET given_name = ${GIVEN}, profile_name = ${ownName('k')}, name = ${shownName(GIVEN, 'k.book_name', ownName('k'), 'k.username')},
           customer_id = CASE WHEN $5 THEN $6 ELSE k.customer_id END, context = CASE WHEN $7 THEN $8::json ELSE k.context END, updated_at = now()
     WHERE k.tenant_id = $1 AND k.id = (SELECT coalesce(c.merged_into, c.id) FROM contacts c WHERE c.tenant_id = $1 AND c.id = $2)
    RETURNING k.id`,
};

/** Changes a contact, or the one that it turned out to be. @returns its id; null where the tenant has no such contact */
export async function changeContact(db: SystemQueries, tenantId: TenantId, id: string, { name, customerId, context }: ContactChanges): Promise<string | null> {
  const json = context === undefined || context === null ? null : JSON.stringify(context);
  const values = [name !== undefined, name ?? null, customerId !== undefined, customerId ?? null, context !== undefined, json];
  return (await db.query<{ id: string }>(CHANGE, [tenantId, id, ...values]))[0]?.id ?? null;
}
