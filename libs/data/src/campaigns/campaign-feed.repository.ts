import type { RecipientState, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemDb, SystemQueries } from '../system-db.js';
import { CAMPAIGN_LEASE_SECONDS, type LeasedCampaign } from './campaign-lease.repository.js';

/** A recipient that this worker has in hand. */
export interface FeedingRecipient {
  position: number;
  contactId: string | null;
  phone: string | null;
  locale: string;
  fields: Record<string, string> | null;
  /** The contact whose number this is turned out to be another recipient. */
  isTwice: boolean;
}

/** What became of a recipient that was in hand. */
export interface FedRecipient {
  position: number;
  state: Extract<RecipientState, 'WAITING' | 'FED' | 'SKIPPED'>;
  variant: number;
  messageId: string | null;
  reason: string | null;
}

const ZONES: Statement = {
  name: 'campaigns.zones',
  // A skip scan: each zone is visited once, however many people wait in it.
  text: `
    WITH RECURSIVE walk AS (
      (SELECT time_zone FROM campaign_recipients WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'WAITING' ORDER BY time_zone LIMIT 1)
      UNION ALL
      SELECT n.time_zone FROM walk w CROSS JOIN LATERAL (
        SELECT r.time_zone FROM campaign_recipients r
         WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.state = 'WAITING' AND r.time_zone > w.time_zone
         ORDER BY r.time_zone LIMIT 1) n
    ) SELECT time_zone AS "timeZone" FROM walk`,
};

// Who was a phone number of nobody when the audience came in may be a contact by now, and then perhaps of this campaign.
const CLAIM: Statement = {
  name: 'campaigns.claim',
  text: `
    WITH lease AS (
      UPDATE campaigns SET lease_until = now() + interval '${CAMPAIGN_LEASE_SECONDS} seconds', fed_at = now()
       WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_until > now() AND state = $6
      RETURNING id
    ), picked AS MATERIALIZED (
      SELECT r.position, r.contact_id AS before, coalesce(r.contact_id, ci.contact_id) AS contact_id
        FROM (SELECT position, contact_id, phone FROM campaign_recipients
               WHERE tenant_id = $1 AND campaign_id = $2 AND time_zone = $4 AND state = 'WAITING' AND EXISTS (SELECT FROM lease)
               ORDER BY position LIMIT $5) r
        LEFT JOIN contact_identities ci ON r.contact_id IS NULL AND ci.tenant_id = $1 AND ci.kind = 'phone' AND ci.value = r.phone
    ), judged AS (
      SELECT p.*, p.before IS NULL AND p.contact_id IS NOT NULL
              AND (row_number() OVER (PARTITION BY p.contact_id, p.before IS NULL ORDER BY p.position) > 1
                   OR coalesce((SELECT true FROM campaign_recipients o WHERE o.tenant_id = $1 AND o.campaign_id = $2
                                   AND coalesce(o.contact_id::text, o.phone) = p.contact_id::text LIMIT 1), false)) AS twice
        FROM picked p
    )
    UPDATE campaign_recipients r
       SET state = 'FEEDING', contact_id = CASE WHEN j.twice THEN r.contact_id ELSE j.contact_id END, updated_at = now()
      FROM judged j
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.position = j.position AND r.state || '' = 'WAITING'
    RETURNING r.position, r.contact_id AS "contactId", r.phone, r.locale, r.fields, j.twice AS "isTwice"`,
};

const SETTLE: Statement = {
  name: 'campaigns.settle-fed',
  text: `
    WITH moved AS (
      UPDATE campaign_recipients r
         SET state = i.state, variant = i.variant, message_id = i.message_id, reason = i.reason, updated_at = now()
        FROM unnest($3::int[], $4::text[], $5::smallint[], $6::uuid[], $7::text[]) AS i (position, state, variant, message_id, reason)
       WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.position = i.position AND r.state || '' = 'FEEDING'
      RETURNING r.state, r.variant, coalesce(r.reason, '') AS reason
    ), counted AS (
      INSERT INTO campaign_tallies AS t (tenant_id, campaign_id, variant, state, reason, count)
      SELECT $1, $2, variant, state, reason, count(*) FROM moved WHERE state <> 'WAITING' GROUP BY variant, state, reason ORDER BY variant, state, reason
      ON CONFLICT (tenant_id, campaign_id, variant, state, reason) DO UPDATE SET count = t.count + excluded.count
    )
    SELECT count(*)::int AS count FROM moved`,
};

// A crash left them in hand. Their key tells whether there is a message; without one they wait again.
const LEFT_IN_HAND: Statement = {
  name: 'campaigns.left-in-hand',
  text: `
    SELECT r.position,
           (SELECT k.message_id FROM idempotency_keys k
             WHERE k.tenant_id = r.tenant_id AND k.source = 'campaign' AND k.key = r.campaign_id || ':' || r.position LIMIT 1) AS "messageId"
      FROM campaign_recipients r
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.state = 'FEEDING'
     ORDER BY r.position LIMIT $3`,
};

const QUEUED: Statement = {
  name: 'campaigns.queued',
  text: `
    SELECT (SELECT count(*)::int FROM campaign_recipients WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'FED') AS queued`,
};

/** The idempotency key of a recipient's message: whoever feeds it again gets the same one. */
export function campaignKey(campaignId: string, position: number): string {
  return `${campaignId}:${position}`;
}

/** The time zones in which recipients wait; '' stands for the organisation's. */
export async function waitingZones(db: SystemQueries, tenantId: TenantId, campaignId: string): Promise<string[]> {
  return (await db.query<{ timeZone: string }>(ZONES, [tenantId, campaignId])).map(({ timeZone }) => timeZone);
}

/** Takes the next recipients of a zone in hand, in order. None: nobody waits there, or the campaign is not ours or not in this state. */
export async function claimRecipients(db: SystemDb, { tenantId, id, epoch, state }: LeasedCampaign, timeZone: string, limit: number): Promise<FeedingRecipient[]> {
  const rows = await db.query<FeedingRecipient>(CLAIM, [tenantId, id, epoch, timeZone, limit, state]);
  return rows.sort((one, other) => one.position - other.position);
}

/** Writes what became of recipients in hand, and counts it. Who is in hand no longer stays as it is. */
export async function settleFed(db: SystemDb, { tenantId, id }: LeasedCampaign, rows: readonly FedRecipient[]): Promise<number> {
  if (rows.length === 0) return 0;
  const values = columns(rows, (r) => r.position, (r) => r.state, (r) => r.variant, (r) => r.messageId, (r) => r.reason);
  const [answer] = await db.query<{ count: number }>(SETTLE, [tenantId, id, ...values]);
  return answer?.count ?? 0;
}

/** Recipients that were in hand when the lease was taken, with the message that each has, if it has. */
export function leftInHand(db: SystemDb, { tenantId, id }: LeasedCampaign, limit: number): Promise<{ position: number; messageId: string | null }[]> {
  return db.query(LEFT_IN_HAND, [tenantId, id, limit]);
}

/** Recipients whose messages have not left the queue, as far as it was looked. */
export async function queuedRecipients(db: SystemDb, { tenantId, id }: LeasedCampaign): Promise<number> {
  const [row] = await db.query<{ queued: number }>(QUEUED, [tenantId, id]);
  return row?.queued ?? 0;
}
