import type { CampaignVariant } from '@parley/domain';
import { insertRow, type Columns, type Database, type TestTenant } from './fixtures.js';

/** A variant that sends the fixtures' template, `Your table is ready, {{1}}.`, with the field name of each recipient. */
export function variantOf({ name, language }: TestTenant['template'], changes: Partial<CampaignVariant> = {}): CampaignVariant {
  const parameters = { body: [{ field: 'name', default: 'friend' }] };
  return { name: 'A', percent: 100, defaultLocale: 'en', templates: { en: { name, language, parameters } }, ...changes };
}

/** A campaign of the fixtures' tenant, RUNNING and due; its recipients are these contacts, in this order. */
export async function insertCampaign(db: Database, tenant: TestTenant, contactIds: readonly string[], columns: Columns = {}): Promise<string> {
  const { variants = [variantOf(tenant.template)], schedule = { kind: 'now' }, ...others } = columns;
  const { id } = await insertRow<{ id: string }>(db, 'campaigns', {
    tenant_id: tenant.tenantId,
    name: 'Spring menu',
    phone_number_id: tenant.number.id,
    state: 'RUNNING',
    next_at: new Date(0),
    recipients: contactIds.length,
    variants: JSON.stringify(variants),
    schedule: JSON.stringify(schedule),
    ...others,
  });
  await db.query(
    `INSERT INTO campaign_recipients (tenant_id, campaign_id, position, contact_id)
     SELECT $1, $2, ord - 1, contact FROM unnest($3::uuid[]) WITH ORDINALITY AS i (contact, ord)`,
    [tenant.tenantId, id, contactIds],
  );
  return id;
}

/** So many contacts with consent to everything that a template may be for, in one statement. */
export async function insertContacts(db: Database, tenant: TestTenant, count: number, prefix: string): Promise<{ id: string; phone: string }[]> {
  const { rows } = await db.query<{ id: string; phone: string }>(
    `WITH people AS (
       SELECT uuid_v7(clock_timestamp(), n) AS id, $3 || lpad(n::text, 6, '0') AS phone FROM generate_series(1, $2::int) AS n
     ), contact AS (INSERT INTO contacts (tenant_id, id, name) SELECT $1, id, 'Ana' FROM people
     ), identity AS (INSERT INTO contact_identities (tenant_id, kind, value, contact_id) SELECT $1, 'phone', phone, id FROM people
     ), purpose AS (SELECT p.id, purpose, uuid_v7(clock_timestamp(), 1) AS event FROM people p CROSS JOIN unnest(ARRAY['utility', 'marketing']) AS purpose
     ), event AS (INSERT INTO consent_events (tenant_id, id, contact_id, purpose, status, source, actor)
                  SELECT $1, event, id, purpose, 'GRANTED', 'spec', 'spec' FROM purpose
     ), consent AS (INSERT INTO consents (tenant_id, contact_id, purpose, status, event_id) SELECT $1, id, purpose, 'GRANTED', event FROM purpose)
     SELECT id, phone FROM people ORDER BY id`,
    [tenant.tenantId, count, prefix],
  );
  return rows;
}
