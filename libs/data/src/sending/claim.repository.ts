import { columns } from '../columns.js';
import { agreement } from '../consents/agreement.js';
import type { Statement, SystemDb } from '../system-db.js';
import { HOLDING_STATUSES, templateRefusal } from '../templates/held-messages.repository.js';
import { isFreeToSend, isOpen } from './holds.repository.js';
import { NUMBER_LEASE_SECONDS, TAKE_LEASE, type LeasedNumber } from './number-lease.repository.js';
import { isExpired } from './validity.js';

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
  /** Inside the customer service window. */
  isReply: boolean;
  attemptId: string;
  /** Attempts before this one. */
  attempts: number;
  maxAttempts: number;
  accountId: string;
  /** Null for what is no template. */
  templateId: string | null;
  credentialVersion: number;
  /** For how long it could have left, in seconds: since its acceptance, or since what it waited for was over. */
  dueSeconds: number;
  reason: string | null;
  /** Our ids of the media that the payload names; null for none. */
  mediaIds: string[] | null;
}

/** A claimed message that may not leave yet, why, and for how long. */
export interface SetAside {
  message: Pick<ClaimedMessage, 'tenantId' | 'id' | 'attemptId'>;
  cause: 'pair' | 'tier' | 'quota';
  retryInMs: number;
}

// All of what was checked moves, or says why not: judged, moved, told.
const MOVE = `judged AS MATERIALIZED (
      SELECT c.tenant_id, c.id, c.refusal, c.is_open, c.lane = 0 AS runs_on, c.updated_at AS due_at,
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
             lease_epoch = CASE WHEN j.state = 'DISPATCHED' THEN l.epoch END,
             lease_until = CASE WHEN j.state = 'DISPATCHED' THEN now() + interval '${NUMBER_LEASE_SECONDS} seconds' END,
             credential_version = a.token_version,
             wait_cause = CASE WHEN j.state = 'WAITING' THEN CASE WHEN j.refusal IS NULL THEN 'pair' ELSE 'template' END END,
             wait_until = CASE WHEN j.state = 'WAITING' AND j.refusal IS NOT NULL AND j.runs_on THEN m.valid_until END,
             reason = CASE WHEN j.state = 'WAITING' THEN NULL ELSE j.refusal END,
             failed_at = CASE WHEN j.state IN ('FAILED', 'EXPIRED') THEN now() ELSE m.failed_at END,
             dead_lettered_at = CASE WHEN j.state IN ('FAILED', 'EXPIRED') THEN now() END,
             updated_at = now()
        FROM judged j
        JOIN lease l ON true
        JOIN accounts a ON a.tenant_id = l."tenantId" AND a.id = l."accountId"
       WHERE m.tenant_id = j.tenant_id AND m.id = j.id AND m.state || '' = 'QUEUED'
      RETURNING m.tenant_id, m.id, m.contact_id, m.state, m.kind, m.payload, m.recipient, m.reply_to_wamid, m.lane, m.attempt_id,
                m.attempts, m.max_attempts, a.id AS account_id, m.template_id, m.credential_version, m.reason, m.wait_cause, m.media_ids,
                extract(epoch FROM now() - j.due_at)::float8 AS due_seconds, j.is_open
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state), json_build_object('reason', coalesce(reason, wait_cause)) FROM moved WHERE state <> 'DISPATCHED'
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_failed', 'message', id, json_build_object('messageId', id, 'reason', reason)
        FROM moved WHERE state IN ('FAILED', 'EXPIRED')
    )`;

/** What a claim reads and judges: a statement that leases the number comes before it, as the CTE `lease`. */
interface ClaimParts {
  /** The columns tenantId, accountId and epoch of the number; no row where it is not to be had. */
  readonly lease: string;
  readonly number: string;
  readonly limit: string;
  readonly fromLane: string;
}

// Scalar subqueries where EXISTS would read nicer: EXISTS may become a hash of the whole table in a cached plan.
// One statement: lease the number, look at the head of the due index, check each row, and move all of them. What may not
// go leaves the due index here and now, so that the head never fills with the blocked.
function claimBy({ lease, number, limit, fromLane }: ClaimParts): string {
  const agreed = agreement({ tenantId: 'h.tenant_id', contactId: 'h.contact_id', purpose: 'h.purpose', numberId: number, wroteAt: 'v.wrote_at', messageId: 'h.id' });
  return `
    WITH lease AS (${lease}
    ), head AS MATERIALIZED (
      SELECT m.tenant_id, m.id, m.contact_id, m.lane, m.purpose, m.template_id, m.valid_until, m.send_at, m.created_at, m.updated_at, m.stood_seconds
        FROM messages m
       WHERE m.phone_number_id = ${number} AND m.state = 'QUEUED' AND m.lane >= ${fromLane} AND EXISTS (SELECT FROM lease)
       ORDER BY m.lane, m.id
       LIMIT ${limit}
    ), checked AS MATERIALIZED (
      SELECT h.tenant_id, h.id, h.contact_id, h.lane, h.valid_until, h.updated_at, w.is_open,
        CASE
          WHEN ${isExpired('h', `ARRAY[${number}, l."accountId", l."tenantId"]`)} THEN 'message.expired'
          WHEN NOT w.agreed THEN 'consent.revoked'
          WHEN w.agreed IS NULL AND h.purpose <> 'service' THEN 'consent.missing'
          WHEN t.status IN ${HOLDING_STATUSES} THEN 'template.held'
          WHEN h.template_id IS NOT NULL AND t.status IS DISTINCT FROM 'APPROVED' THEN ${templateRefusal('t')}
          WHEN (SELECT true FROM holds o WHERE o.tenant_id = h.tenant_id AND o.scope_id = h.template_id AND ${isOpen('o')} LIMIT 1) THEN 'template.held'
          WHEN h.template_id IS NULL AND NOT w.is_open THEN 'window.closed'
        END AS refusal,
        coalesce(
          (SELECT true FROM messages f WHERE f.phone_number_id = ${number} AND f.contact_id = h.contact_id AND f.state IN ('DISPATCHED', 'SENDING') LIMIT 1),
          (SELECT true FROM messages u WHERE u.phone_number_id = ${number} AND u.contact_id = h.contact_id AND u.state = 'UNKNOWN'
              AND u.updated_at > now() - interval '${DOUBT_HOLDS_PAIR_SECONDS} seconds' LIMIT 1),
          (SELECT true FROM messages r WHERE r.phone_number_id = ${number} AND r.contact_id = h.contact_id AND r.state = 'WAITING'
              AND r.wait_cause IN ('retry', 'pair', 'quota', 'tier') AND r.lane = h.lane AND r.id < h.id LIMIT 1),
          false) AS held
        FROM head h
        JOIN lease l ON true
        LEFT JOIN templates t ON t.tenant_id = h.tenant_id AND t.id = h.template_id
       CROSS JOIN LATERAL (
         SELECT coalesce(v.wrote_at > now() - interval '24 hours', false) AS is_open, ${agreed} AS agreed
           FROM (SELECT (SELECT cv.last_inbound_at FROM conversations cv
                          WHERE cv.tenant_id = h.tenant_id AND cv.phone_number_id = ${number} AND cv.contact_id = h.contact_id
                            AND cv.state <> 'ARCHIVED' LIMIT 1) AS wrote_at OFFSET 0) v OFFSET 0) w
    ), ${MOVE}`;
}

const MOVED = `tenant_id AS "tenantId", id, contact_id AS "contactId", state, kind, payload, recipient, reply_to_wamid AS "replyToWamid",
           lane, is_open AS "isReply", attempt_id AS "attemptId", attempts, max_attempts AS "maxAttempts", account_id AS "accountId",
           template_id AS "templateId", credential_version AS "credentialVersion", due_seconds AS "dueSeconds", reason, media_ids AS "mediaIds"`;

// The lease is renewed, which proves that it is still ours.
const CLAIM: Statement = {
  name: 'sending.claim',
  text: `${claimBy({
    lease: `
      UPDATE phone_numbers n SET lease_until = now() + interval '${NUMBER_LEASE_SECONDS} seconds'
       WHERE n.tenant_id = $1 AND n.id = $2 AND n.lease_epoch = $3 AND n.lease_until > now()
         AND ${isFreeToSend('n')}
      RETURNING n.tenant_id AS "tenantId", n.account_id AS "accountId", n.lease_epoch AS epoch`,
    number: '$2::uuid',
    limit: '$4',
    fromLane: '$5::int',
  })}
    SELECT ${MOVED}
      FROM moved
     ORDER BY lane, id`,
};

// Behind a breaker that is not closed nothing is claimed yet: its probes are counted first.
const OPEN: Statement = {
  name: 'sending.open',
  text: `${claimBy({
    lease: TAKE_LEASE,
    number: '$1::uuid',
    limit: 'CASE WHEN (SELECT breaker IS NULL FROM lease) THEN $3::int ELSE 0 END',
    fromLane: '0',
  })}
    SELECT to_json(l) AS lease, q.*
      FROM lease l
      LEFT JOIN (SELECT ${MOVED} FROM moved) q ON true
     ORDER BY q.lane, q.id`,
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

// What a limit lets wait leaves the queue until then. Validity runs on for authentication: it is looked at again by its end.
const SET_ASIDE: Statement = {
  name: 'sending.set-aside',
  text: `
    WITH moved AS (
      UPDATE messages m
         SET state = 'WAITING', wait_cause = i.cause,
             wait_until = CASE WHEN m.lane = 0 THEN least(m.valid_until, now() + make_interval(secs => i.retry_in_ms / 1000))
                               ELSE now() + make_interval(secs => i.retry_in_ms / 1000) END,
             lease_epoch = NULL, lease_until = NULL, updated_at = now()
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::float8[]) AS i (tenant_id, id, attempt_id, cause, retry_in_ms)
       WHERE m.tenant_id = i.tenant_id AND m.id = i.id AND m.state || '' = 'DISPATCHED' AND m.attempt_id = i.attempt_id
      RETURNING m.tenant_id, m.id, m.wait_cause, m.wait_until
    )
    INSERT INTO message_events (tenant_id, message_id, type, detail)
    SELECT tenant_id, id, 'waiting', json_build_object('reason', wait_cause, 'until', wait_until) FROM moved`,
};

/** A number that was taken, with the first that may leave. */
export interface OpenedNumber {
  readonly lease: LeasedNumber;
  readonly rows: ClaimedMessage[];
}

type OpenedRow = { lease: LeasedNumber & { epoch: number } } & (ClaimedMessage | { id: null });

/** Takes what may leave next for a leased number: lane order, oldest first, one per contact. */
export class Claims {
  /** @param holder whose leases these are: a process */
  constructor(
    private readonly db: SystemDb,
    private readonly holder: string,
  ) {}

  /**
   * Takes the number for this holder, with at most `limit` rows, judged and moved: most numbers that are woken have no more.
   * Null while another worker has it, something holds it, or it does not exist. While its breaker is not closed there are no
   * rows: `claim` gets the probes.
   */
  async open(numberId: string, limit: number): Promise<OpenedNumber | null> {
    const rows = await this.db.query<OpenedRow>(OPEN, [numberId, this.holder, limit]);
    const [first] = rows;
    if (!first) return null;
    const lease = { ...first.lease, epoch: String(first.lease.epoch) };
    return { lease, rows: rows.flatMap(({ lease: _, ...row }) => (row.id === null ? [] : [row])) };
  }

  /**
   * At most `limit` rows of this lane and those below, judged and moved. An empty answer means that nothing is due, or that
   * the lease was lost.
   */
  claim(lease: LeasedNumber, limit: number, fromLane = 0): Promise<ClaimedMessage[]> {
    return this.db.query<ClaimedMessage>(CLAIM, [lease.tenantId, lease.numberId, lease.epoch, limit, fromLane]);
  }

  /** Undoes a claim that found no permit, or a shutdown. */
  async giveBack(messages: readonly ClaimedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.db.query(GIVE_BACK, [messages.map((m) => m.tenantId), messages.map((m) => m.id), messages.map((m) => m.attemptId)]);
  }

  /** Lets wait what a limit does not let go yet. */
  async setAside(rows: readonly SetAside[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.query(
      SET_ASIDE,
      columns(rows, ({ message }) => message.tenantId, ({ message }) => message.id, ({ message }) => message.attemptId, (r) => r.cause, (r) => r.retryInMs),
    );
  }
}
