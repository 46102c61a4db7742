import type { AudienceRow, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

/** What became of a set of recipients, by their places in it. */
export interface TakenRecipients {
  /** Taken; who is in neither list was in the audience already. */
  taken: number[];
  /** Named by the id of a contact that the tenant does not have. */
  unknown: number[];
}

/** A campaign that is locked until the transaction ends: nobody else adds to it, starts it or changes it. */
export interface LockedCampaign {
  state: string;
  recipients: number;
  /** An upload that is under way, or that broke off. */
  uploadId: string | null;
  uploadIsAlive: boolean;
}

const LOCK: Statement = {
  name: 'campaigns.lock',
  text: `
    SELECT c.state, c.recipients,
           (SELECT u.id FROM campaign_uploads u WHERE u.tenant_id = c.tenant_id AND u.campaign_id = c.id AND u.state = 'RECEIVING' LIMIT 1) AS "uploadId",
           coalesce((SELECT u.until > now() FROM campaign_uploads u
                      WHERE u.tenant_id = c.tenant_id AND u.campaign_id = c.id AND u.state = 'RECEIVING' LIMIT 1), false) AS "uploadIsAlive"
      FROM campaigns c WHERE c.tenant_id = $1 AND c.id = $2 FOR UPDATE OF c`,
};

// The campaign's row is locked, so that who is there already is known for certain and positions have no gaps.
const ADD: Statement = {
  name: 'campaigns.add-recipients',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.ord::int - 1 AS ord, i.phone, coalesce(i.contact_id, ci.contact_id) AS contact_id, i.locale, i.time_zone, i.fields,
             coalesce(i.contact_id, ci.contact_id)::text AS known, i.contact_id IS NOT NULL AND co.id IS NULL AS unknown
        FROM unnest($3::text[], $4::uuid[], $5::text[], $6::text[], $7::json[]) WITH ORDINALITY AS i (phone, contact_id, locale, time_zone, fields, ord)
        LEFT JOIN contact_identities ci ON ci.tenant_id = $1 AND ci.kind = 'phone' AND ci.value = i.phone
        LEFT JOIN contacts co ON co.tenant_id = $1 AND co.id = i.contact_id
    ), once AS (
      SELECT DISTINCT ON (coalesce(known, phone)) * FROM input WHERE NOT unknown ORDER BY coalesce(known, phone), ord
    ), fresh AS MATERIALIZED (
      SELECT o.*, row_number() OVER (ORDER BY o.ord)::int - 1 AS place
        FROM once o
       WHERE (SELECT true FROM campaign_recipients r
               WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND coalesce(r.contact_id::text, r.phone) = coalesce(o.known, o.phone) LIMIT 1) IS NULL
    ), written AS (
      INSERT INTO campaign_recipients (tenant_id, campaign_id, position, contact_id, phone, locale, time_zone, fields)
      SELECT c.tenant_id, c.id, c.recipients + f.place, f.contact_id, f.phone, f.locale, f.time_zone, f.fields
        FROM campaigns c CROSS JOIN fresh f WHERE c.tenant_id = $1 AND c.id = $2
    ), grown AS (
      UPDATE campaigns SET recipients = recipients + (SELECT count(*) FROM fresh), updated_at = now() WHERE tenant_id = $1 AND id = $2
    )
    SELECT ARRAY(SELECT ord FROM fresh) AS taken, ARRAY(SELECT ord FROM input WHERE unknown) AS unknown`,
};

const PHONES: Statement = {
  name: 'campaigns.phones',
  text: `
    SELECT i.id AS "contactId", (SELECT x.value FROM contact_identities x WHERE x.tenant_id = $1 AND x.contact_id = i.id AND x.kind = 'phone'
                                  ORDER BY x.created_at DESC LIMIT 1) AS phone
      FROM unnest($2::uuid[]) AS i (id)`,
};

const TAGGED: Statement = {
  name: 'campaigns.tagged',
  text: `
    SELECT t.contact_id AS "contactId", (SELECT x.value FROM contact_identities x WHERE x.tenant_id = t.tenant_id AND x.contact_id = t.contact_id AND x.kind = 'phone'
                                          ORDER BY x.created_at DESC LIMIT 1) AS phone
      FROM contact_tags t
     WHERE t.tenant_id = $1 AND t.tag = $2 AND t.contact_id > $3
     ORDER BY t.contact_id LIMIT $4`,
};

const TIME_ZONE: Statement = { name: 'campaigns.time-zone', text: `SELECT time_zone AS "timeZone" FROM tenants WHERE id = $1` };

/** A contact and the number by which its country is told. */
export interface ReachableContact {
  contactId: string;
  phone: string | null;
}

/** Locks the campaign; null where the tenant has no such one. */
export async function lockCampaign(tx: SystemTx, tenantId: TenantId, campaignId: string): Promise<LockedCampaign | null> {
  const [row] = await tx.query<LockedCampaign>(LOCK, [tenantId, campaignId]);
  return row ?? null;
}

/** Adds recipients to a campaign that this transaction has locked. Nobody is added twice. */
export async function addRecipients(tx: SystemTx, tenantId: TenantId, campaignId: string, rows: readonly AudienceRow[]): Promise<TakenRecipients> {
  const values = columns(rows, (r) => r.phone, (r) => r.contactId, (r) => r.locale, (r) => r.timeZone, (r) => r.fields && JSON.stringify(r.fields));
  const [answer] = await tx.query<TakenRecipients>(ADD, [tenantId, campaignId, ...values]);
  return answer!;
}

/** The phone number of each of these contacts of the tenant. */
export function phonesOfContacts(tx: SystemTx, tenantId: TenantId, contactIds: readonly string[]): Promise<ReachableContact[]> {
  return tx.query<ReachableContact>(PHONES, [tenantId, contactIds]);
}

/** Contacts with the tag, by id, behind this one. */
export function taggedContacts(tx: SystemTx, tenantId: TenantId, tag: string, after: string, limit: number): Promise<ReachableContact[]> {
  return tx.query<ReachableContact>(TAGGED, [tenantId, tag, after, limit]);
}

/** The organisation's time zone. */
export async function timeZoneOfTenant(tx: SystemTx, tenantId: TenantId): Promise<string> {
  const [row] = await tx.query<{ timeZone: string }>(TIME_ZONE, [tenantId]);
  return row?.timeZone ?? 'UTC';
}
