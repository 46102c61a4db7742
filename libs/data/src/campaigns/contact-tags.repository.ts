import type { TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

const ADD: Statement = {
  name: 'contact-tags.add',
  text: `
    WITH contact AS (SELECT tenant_id, coalesce(merged_into, id) AS id FROM contacts WHERE tenant_id = $1 AND id = $2), added AS (
      INSERT INTO contact_tags (tenant_id, contact_id, tag) SELECT tenant_id, id, $3 FROM contact ON CONFLICT DO NOTHING
    )
    SELECT id FROM contact`,
};

const REMOVE: Statement = {
  name: 'contact-tags.remove',
  text: `
    WITH contact AS (SELECT tenant_id, coalesce(merged_into, id) AS id FROM contacts WHERE tenant_id = $1 AND id = $2), removed AS (
      DELETE FROM contact_tags t USING contact c WHERE t.tenant_id = c.tenant_id AND t.contact_id = c.id AND t.tag = $3
    )
    SELECT id FROM contact`,
};

/** Tags a contact; false where the tenant has no such contact. Twice is fine. */
export async function addContactTag(db: SystemQueries, tenantId: TenantId, contactId: string, tag: string): Promise<boolean> {
  return (await db.query(ADD, [tenantId, contactId, tag])).length > 0;
}

/** Takes a tag off a contact; false where the tenant has no such contact. */
export async function removeContactTag(db: SystemQueries, tenantId: TenantId, contactId: string, tag: string): Promise<boolean> {
  return (await db.query(REMOVE, [tenantId, contactId, tag])).length > 0;
}
