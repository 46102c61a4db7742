import type { Statement, SystemDb } from '../system-db.js';
import { HOLDING_STATUSES, templateRefusal } from '../templates/held-messages.repository.js';
import { NUMBER_LEASE_SECONDS, type LeasedNumber } from './number-lease.repository.js';

/** How long an unknown outcome holds its pair. */
export const DOUBT_HOLDS_PAIR_SECONDS = 10;

/** What the claim decided on one row: it may be sent now, it waits, or it ended. */
export interface ClaimedMessage {
  tenantId: string;
  id: string;
  contactId: string;
  state: 'DISPATCHED' | 'WAITING' | 'FAILED' | 'EXPIRED';
  kind: string;
  /** `type` and the member of that name, as Meta gets it. */
  payload: Record<string, unknown>;
  recipient: string;
  replyToWamid: string | null;
  lane: number;
  attemptId: string;
  /** Attempts before this one. */
  attempts: number;
  maxAttempts: number;
  accountId: string;
  credentialVersion: number;
  /** Seconds since acceptance. */
  ageSeconds: number;
  reason: string | null;
  /** Our ids of the media that the payload names; null for none. */
  mediaIds: string[] | null;
}

// Scalar subqueries where EXISTS would read nicer: EXISTS may become a hash of the whole table in a cached plan.
// One statement: renew the lease (which proves that it is still ours), look at the head of the due index, judge each row,
// and move all of them. What may not go leaves the due index here and now, so that the head never fills with the blocked.
const CLAIM: Statement = {
  name: 'sending.claim',
  text: `
    WITH lease AS (
      UPDATE phone_numbers SET lease_until = now() + interval '${NUMBER_LEASE_SECONDS} seconds'
       WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 AND lease_until > now()
         AND (paused_until IS NULL OR paused_until <= now())
      RETURNING id, account_id
    ), head AS MATERIALIZED (
      SELECT m.tenant_id, m.id, m.contact_id, m.lane, m.kind, m.purpose, m.template_id, m.valid_until
        FROM messages m
       WHERE m.phone_number_id = $2 AND m.state = 'QUEUED' AND EXISTS (SELECT FROM lease)
       ORDER BY m.lane, m.id
       LIMIT $4
    ), checked AS MATERIALIZED (
      SELECT h.*,
        CASE
          WHEN h.valid_until <= now() THEN 'message.expired'
          WHEN c.status <> 'GRANTED' THEN 'consent.revoked'
          WHEN c.status IS NULL AND h.purpose <> 'service' THEN 'consent.missing'
          WHEN t.status IN ${HOLDING_STATUSES} THEN 'template.held'
          WHEN h.template_id IS NOT NULL AND t.status IS DISTINCT FROM 'APPROVED' THEN ${templateRefusal('t')}
          WHEN h.template_id IS NULL AND coalesce(cv.last_inbound_at <= now() - interval '24 hours', true) THEN 'window.closed'
        END AS refusal,
        coalesce(
          (SELECT true FROM messages f WHERE f.phone_number_id = $2 AND f.contact_id = h.contact_id AND f.state IN ('DISPATCHED', 'SENDING') LIMIT 1),
          (SELECT true FROM messages u WHERE u.phone_number_id = $2 AND u.contact_id = h.contact_id AND u.state = 'UNKNOWN'
              AND u.updated_at > now() - interval '${DOUBT_HOLDS_PAIR_SECONDS} seconds' LIMIT 1),
          (SELECT true FROM messages w WHERE w.phone_number_id = $2 AND w.contact_id = h.contact_id AND w.state = 'WAITING'
              AND w.wait_cause = 'retry' AND w.lane = h.lane LIMIT 1),
          false) AS held
        FROM head h
        LEFT JOIN consents c ON c.tenant_id = h.tenant_id AND c.contact_id = h.contact_id AND c.purpose = h.purpose
        LEFT JOIN templates t ON t.tenant_id = h.tenant_id AND t.id = h.template_id
        LEFT JOIN conversations cv ON h.template_id IS NULL AND cv.tenant_id = h.tenant_id AND cv.phone_number_id = $2
                                  AND cv.contact_id = h.contact_id AND cv.state <> 'ARCHIVED'
    ), judged AS MATERIALIZED (
      SELECT c.tenant_id, c.id, c.refusal,
        CASE
          WHEN c.refusal = 'message.expired' THEN 'EXPIRED'
          WHEN c.refusal = 'template.held' THEN 'WAITING'
          WHEN c.refusal IS NOT NULL THEN 'FAILED'
          WHEN c.held OR row_number() OVER (PARTITION BY c.contact_id, c.refusal IS NULL AND NOT c.held ORDER BY c.lane, c.id) > 1 THEN 'WAITING'
          ELSE 'DISPATCHED'
        END AS state
        FROM checked c
    ), moved AS (
      UPDATE messages m
         SET state = j.state,
             attempt_id = CASE WHEN j.state = 'DISPATCHED' THEN uuid_v7() ELSE m.attempt_id END,
             lease_epoch = CASE WHEN j.state = 'DISPATCHED' THEN $3::bigint END,
             lease_until = CASE WHEN j.state = 'DISPATCHED' THEN now() + interval '${NUMBER_LEASE_SECONDS} seconds' END,
             credential_version = a.token_version,
             wait_cause = CASE WHEN j.state = 'WAITING' THEN CASE WHEN j.refusal IS NULL THEN 'pair' ELSE 'template' END END,
             reason = CASE WHEN j.state = 'WAITING' THEN NULL ELSE j.refusal END,
             failed_at = CASE WHEN j.state IN ('FAILED', 'EXPIRED') THEN now() END,
             dead_lettered_at = CASE WHEN j.state IN ('FAILED', 'EXPIRED') THEN now() END,
             updated_at = now()
        FROM judged j
        JOIN lease l ON true
        JOIN accounts a ON a.tenant_id = $1 AND a.id = l.account_id
       WHERE m.tenant_id = j.tenant_id AND m.id = j.id AND m.state || '' = 'QUEUED'
      RETURNING m.tenant_id, m.id, m.contact_id, m.state, m.kind, m.payload, m.recipient, m.reply_to_wamid, m.lane, m.attempt_id,
                m.attempts, m.max_attempts, a.id AS account_id, m.credential_version, m.reason, m.wait_cause, m.media_ids,
                extract(epoch FROM now() - m.created_at)::float AS age_seconds
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state), json_build_object('reason', coalesce(reason, wait_cause)) FROM moved WHERE state <> 'DISPATCHED'
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_failed', 'message', id, json_build_object('messageId', id, 'reason', reason)
        FROM moved WHERE state IN ('FAILED', 'EXPIRED')
    )
    SELECT tenant_id AS "tenantId", id, contact_id AS "contactId", state, kind, payload, recipient, reply_to_wamid AS "replyToWamid",
           lane, attempt_id AS "attemptId", attempts, max_attempts AS "maxAttempts", account_id AS "accountId",
           credential_version AS "credentialVersion", age_seconds AS "ageSeconds", reason, media_ids AS "mediaIds"
      FROM moved
     ORDER BY lane, id`,
};

// Rows that were claimed but may not start within a second go back to the head of the queue.
const GIVE_BACK: Statement = {
  name: 'sending.give-back',
  text: `
    UPDATE messages m SET state = 'QUEUED', lease_epoch = NULL, lease_until = NULL, updated_at = now()
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, id, attempt_id)
     WHERE m.tenant_id = i.tenant_id AND m.id = i.id AND m.state || '' = 'DISPATCHED' AND m.attempt_id = i.attempt_id
    RETURNING m.id`,
};

/** Takes what may leave next for a leased number: lane order, oldest first, one per contact. */
export class Claims {
  constructor(private readonly db: SystemDb) {}

  /** At most `limit` rows, judged and moved. An empty answer means that nothing is due, or that the lease was lost. */
  claim(lease: LeasedNumber, limit: number): Promise<ClaimedMessage[]> {
    return this.db.query<ClaimedMessage>(CLAIM, [lease.tenantId, lease.numberId, lease.epoch, limit]);
  }

  /** Undoes a claim that found no permit, or a shutdown. */
  async giveBack(messages: readonly ClaimedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.db.query(GIVE_BACK, [messages.map((m) => m.tenantId), messages.map((m) => m.id), messages.map((m) => m.attemptId)]);
  }
}
