import type { TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** What a notification needs of its tenant beside the settings. */
export interface NotificationTenant {
  timeZone: string;
  /** One, where the tenant has a single number; null otherwise. */
  onlyNumberId: string | null;
}

/** A template of one name, in one of its languages. */
export interface NamedTemplate {
  id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  parameterFormat: string;
  components: unknown;
}

const TENANT: Statement = {
  name: 'notifications.tenant',
  text: `
    SELECT t.time_zone AS "timeZone",
           (SELECT CASE WHEN count(*) = 1 THEN min(n.id::text) END
              FROM (SELECT id FROM phone_numbers WHERE tenant_id = t.id ORDER BY id LIMIT 2) n) AS "onlyNumberId"
      FROM tenants t
     WHERE t.id = $1`,
};

const TEMPLATES: Statement = {
  name: 'notifications.templates',
  text: `
    SELECT t.id, t.name, t.language, t.category, t.status, t.parameter_format AS "parameterFormat", t.components
      FROM phone_numbers n
      JOIN templates t ON t.tenant_id = n.tenant_id AND t.account_id = n.account_id AND t.name = $3
     WHERE n.tenant_id = $1 AND n.id = $2
     ORDER BY t.language`,
};

const OWN_NUMBERS: Statement = {
  name: 'notifications.own-numbers',
  text: `SELECT id FROM phone_numbers WHERE tenant_id = $1 AND id = ANY ($2::uuid[])`,
};

const CONTACTS_OF_CUSTOMER: Statement = {
  name: 'notifications.contacts-of-customer',
  text: `SELECT id FROM contacts WHERE tenant_id = $1 AND customer_id = $2 AND merged_into IS NULL ORDER BY id LIMIT 2`,
};

/** The tenant; null where there is none. */
export async function readNotificationTenant(db: SystemQueries, tenantId: TenantId): Promise<NotificationTenant | null> {
  return (await db.query<NotificationTenant>(TENANT, [tenantId]))[0] ?? null;
}

/** All languages of a template in the account of a number; none for a number that is not the tenant's. */
export function readNamedTemplates(db: SystemQueries, tenantId: TenantId, numberId: string, name: string): Promise<NamedTemplate[]> {
  return db.query<NamedTemplate>(TEMPLATES, [tenantId, numberId, name]);
}

/** Those of these numbers that are the tenant's. */
export async function readOwnNumbers(db: SystemQueries, tenantId: TenantId, numberIds: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await db.query<{ id: string }>(OWN_NUMBERS, [tenantId, numberIds])).map(({ id }) => id));
}

/** The contacts with the tenant's own id of a customer: at most two, since one is wanted. */
export async function readContactsOfCustomer(db: SystemQueries, tenantId: TenantId, customerId: string): Promise<string[]> {
  return (await db.query<{ id: string }>(CONTACTS_OF_CUSTOMER, [tenantId, customerId])).map(({ id }) => id);
}
