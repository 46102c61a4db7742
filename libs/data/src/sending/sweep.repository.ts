import { WAIT_CAUSES } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';
import { DOUBT_HOLDS_PAIR_SECONDS } from './claim.repository.js';
import { holdIds, isFreeToSend } from './holds.repository.js';
import { isExpired, stoodSeconds } from './validity.js';

/** Rows that one statement of the sweep touches at most: long sets would hold locks and snapshots for long. */
const CHUNK = 1_000;

/** Whatever a row can wait for. */
const CAUSES = Object.keys(WAIT_CAUSES);

/** What promotion did for one number. */
export interface PromotedNumber {
  numberId: string;
  queued: number;
  expired: number;
}

/** SQL: the timeline and the events of rows that were queued again, or that ended. @param moved a CTE with tenant_id, id, state */
const ended = (moved: string) => `, timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state), CASE WHEN state = 'EXPIRED' THEN json_build_object('reason', 'message.expired') END FROM ${moved}
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_failed', 'message', id, json_build_object('messageId', id, 'reason', 'message.expired')
        FROM ${moved} WHERE state = 'EXPIRED'
    )`;

// Rows in flight are few: all of them are looked at.
const RECLAIM: Statement = {
  name: 'sweep.reclaim',
  text: `
    WITH expired AS (
      SELECT tenant_id, id, state FROM messages
       WHERE state IN ('DISPATCHED', 'SENDING') AND lease_until <= now()
       ORDER BY lease_until LIMIT ${CHUNK}
         FOR UPDATE SKIP LOCKED
    ), moved AS (
      UPDATE messages m
         SET state = CASE e.state WHEN 'DISPATCHED' THEN 'QUEUED' ELSE 'UNKNOWN' END,
             reason = CASE e.state WHEN 'SENDING' THEN 'outcome.unknown' END,
             lease_until = NULL, updated_at = now()
        FROM expired e WHERE m.tenant_id = e.tenant_id AND m.id = e.id
      RETURNING m.tenant_id, m.id, m.state, m.phone_number_id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state), json_build_object('reason', 'lease expired') FROM moved
    )
    SELECT state, count(*)::int AS count FROM moved GROUP BY state`,
};

// By cause, a chunk of each: rows that are due in masses stand in no other's way. What is no longer valid ends here.
const PROMOTE: Statement = {
  name: 'sweep.promote',
  text: `
    WITH due AS MATERIALIZED (
      SELECT w.* FROM unnest($1::text[]) AS c(cause)
       CROSS JOIN LATERAL (
         SELECT m.tenant_id, m.id, m.phone_number_id, m.lane, m.valid_until, m.send_at, m.created_at, m.stood_seconds, m.wait_cause, m.updated_at
           FROM messages m
          WHERE m.state = 'WAITING' AND m.wait_cause = c.cause AND m.wait_until IS NOT NULL AND m.wait_until <= now()
          ORDER BY m.wait_until LIMIT ${CHUNK}
            FOR UPDATE SKIP LOCKED
       ) w
    ), judged AS MATERIALIZED (
      SELECT d.tenant_id, d.id, ${stoodSeconds('d')} AS stood, ${isExpired('d', holdIds('n'), stoodSeconds('d'))} AS is_over
        FROM due d JOIN phone_numbers n ON n.tenant_id = d.tenant_id AND n.id = d.phone_number_id
    ), moved AS (
      UPDATE messages m
         SET state = CASE WHEN j.is_over THEN 'EXPIRED' ELSE 'QUEUED' END, wait_cause = NULL, wait_until = NULL,
             stood_seconds = CASE WHEN j.stood > 0 THEN coalesce(m.stood_seconds, 0) + j.stood ELSE m.stood_seconds END,
             reason = CASE WHEN j.is_over THEN 'message.expired' ELSE m.reason END,
             failed_at = CASE WHEN j.is_over THEN now() ELSE m.failed_at END,
             dead_lettered_at = CASE WHEN j.is_over THEN now() ELSE m.dead_lettered_at END, updated_at = now()
        FROM judged j WHERE m.tenant_id = j.tenant_id AND m.id = j.id
      RETURNING m.tenant_id, m.id, m.phone_number_id, m.state
    )${ended('moved')}
    SELECT phone_number_id AS "numberId", count(*) FILTER (WHERE state = 'QUEUED')::int AS queued,
           count(*) FILTER (WHERE state = 'EXPIRED')::int AS expired
      FROM moved GROUP BY phone_number_id`,
};

// Codes on numbers that nobody sends for at the moment, held or not: theirs is the only validity that runs on. They are the
// first in the due index, and live for ten minutes.
const EXPIRE_CODES: Statement = {
  name: 'sweep.expire-codes',
  text: `
    WITH over AS MATERIALIZED (
      SELECT q.tenant_id, q.id FROM phone_numbers n
       CROSS JOIN LATERAL (
         SELECT m.tenant_id, m.id FROM messages m
          WHERE m.phone_number_id = n.id AND m.state = 'QUEUED' AND m.lane = 0 AND m.valid_until <= now()
          ORDER BY m.id LIMIT ${CHUNK}
            FOR UPDATE SKIP LOCKED
       ) q
       WHERE n.lease_until IS NULL OR n.lease_until <= now()
    ), moved AS (
      UPDATE messages m SET state = 'EXPIRED', reason = 'message.expired', failed_at = now(), dead_lettered_at = now(), updated_at = now()
        FROM over o WHERE m.tenant_id = o.tenant_id AND m.id = o.id
      RETURNING m.tenant_id, m.id, m.state
    )${ended('moved')}
    SELECT count(*)::int AS count FROM moved`,
};

// The pairs that may be free, each with its oldest waiting row of a lane that no older row holds: one that retries, or waits
// for a limit. A few look-ups for each pair, however many rows stand behind its head.
const freePairs = (pairs: string) => `
    WITH pair AS (${pairs}), free AS MATERIALIZED (
      SELECT p.phone_number_id, p.contact_id FROM pair p
       WHERE (SELECT true FROM messages f WHERE f.phone_number_id = p.phone_number_id AND f.contact_id = p.contact_id
                 AND f.state IN ('DISPATCHED', 'SENDING') LIMIT 1) IS NULL
         AND (SELECT true FROM messages u WHERE u.phone_number_id = p.phone_number_id AND u.contact_id = p.contact_id
                 AND u.state = 'UNKNOWN' AND u.updated_at > now() - interval '${DOUBT_HOLDS_PAIR_SECONDS} seconds' LIMIT 1) IS NULL
    ), oldest AS (
      SELECT o.tenant_id, o.id FROM free p
       CROSS JOIN LATERAL (
         SELECT h.tenant_id, h.id FROM generate_series(0, 3) AS l(lane)
          CROSS JOIN LATERAL (
            SELECT w.* FROM unnest(ARRAY['pair', 'retry', 'quota', 'tier']) AS c(cause)
             CROSS JOIN LATERAL (
               SELECT m.tenant_id, m.id, m.wait_cause, m.wait_until FROM messages m
                WHERE m.phone_number_id = p.phone_number_id AND m.wait_cause = c.cause AND m.contact_id = p.contact_id AND m.lane = l.lane
                  AND m.state = 'WAITING'
                ORDER BY m.id LIMIT 1) w
             ORDER BY w.id LIMIT 1) h
          WHERE h.wait_cause = 'pair' AND (h.wait_until IS NULL OR h.wait_until <= now())
          ORDER BY l.lane LIMIT 1
       ) o
    ), moved AS (
      UPDATE messages m SET state = 'QUEUED', wait_cause = NULL, wait_until = NULL, updated_at = now()
        FROM oldest o WHERE m.tenant_id = o.tenant_id AND m.id = o.id AND m.state || '' = 'WAITING'
      RETURNING m.tenant_id, m.id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type) SELECT tenant_id, id, 'queued' FROM moved
    )
    SELECT count(*)::int AS count FROM moved`;

const FREE_PAIRS_OF_NUMBER: Statement = {
  name: 'sending.free-pairs',
  text: freePairs('SELECT $1::uuid AS phone_number_id, c AS contact_id FROM unnest($2::uuid[]) AS c'),
};

// A skip scan over the rows that wait for their pair: it visits each of those pairs once.
const FREE_ALL_PAIRS: Statement = {
  name: 'sweep.free-pairs',
  text: freePairs(`
      SELECT n.id AS phone_number_id, w.contact_id FROM phone_numbers n
       CROSS JOIN LATERAL (
         WITH RECURSIVE walk AS (
           (SELECT m.contact_id FROM messages m WHERE m.phone_number_id = n.id AND m.wait_cause = 'pair' AND m.state = 'WAITING' ORDER BY m.contact_id LIMIT 1)
           UNION ALL
           SELECT (SELECT m.contact_id FROM messages m
                    WHERE m.phone_number_id = n.id AND m.wait_cause = 'pair' AND m.state = 'WAITING' AND m.contact_id > w.contact_id
                    ORDER BY m.contact_id LIMIT 1)
             FROM walk w WHERE w.contact_id IS NOT NULL
         ) SELECT contact_id FROM walk WHERE contact_id IS NOT NULL) w`),
};

const DUE_NUMBERS: Statement = {
  name: 'sweep.due-numbers',
  text: `
    SELECT n.id FROM phone_numbers n
     WHERE (n.lease_until IS NULL OR n.lease_until <= now())
       AND (SELECT true FROM messages m WHERE m.phone_number_id = n.id AND m.state = 'QUEUED' LIMIT 1)
       AND ${isFreeToSend('n')}`,
};

const FORGET_KEYS: Statement = {
  name: 'sweep.forget-keys',
  text: `
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM idempotency_keys WHERE created_at < now() - make_interval(hours => $1) LIMIT ${CHUNK}))
    RETURNING 1 AS gone`,
};

const ANALYZE_GROWN: Statement = { name: 'sweep.analyze-grown', text: 'SELECT analyze_grown() AS name' };

const ENSURE_PARTITIONS: Statement = { name: 'sweep.partitions', text: 'SELECT ensure_partitions() AS made' };

// No role may read a partition past its parent, and through the parent this would scan them all; the size says enough.
const STRAYS: Statement = {
  name: 'sweep.strays',
  text: `
    SELECT pg_relation_size('message_events_default') + pg_relation_size('events_default') + pg_relation_size('webhook_events_default') > 0
             AS strays`,
};

const LEDGER_AGE: Statement = {
  name: 'sweep.ledger-age',
  text: `SELECT extract(epoch FROM now() - uuid_v7_time(id))::float AS seconds FROM webhook_events WHERE state = 'NEW' ORDER BY id LIMIT 1`,
};

/** Repairs what crashes and lost wake-ups leave behind. Every method is safe to run on many workers at once. */
export class SendingSweep {
  constructor(private readonly db: SystemDb) {}

  /** Expired DISPATCHED rows go back to QUEUED, expired SENDING rows become UNKNOWN. */
  async reclaimExpired(): Promise<{ queued: number; unknown: number }> {
    const rows = await this.db.query<{ state: string; count: number }>(RECLAIM);
    const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
    return { queued: count('QUEUED'), unknown: count('UNKNOWN') };
  }

  /**
   * Waiting rows whose time has come go back to QUEUED, or end as EXPIRED: at most a chunk for each cause. Answers the
   * numbers that have work now.
   */
  async promoteDue(): Promise<PromotedNumber[]> {
    return this.db.query<PromotedNumber>(PROMOTE, [CAUSES]);
  }

  /** One-time passwords that are no longer valid end, also on numbers that are held. */
  async expireCodes(): Promise<number> {
    return (await this.db.query<{ count: number }>(EXPIRE_CODES))[0]?.count ?? 0;
  }

  /** Puts back the oldest waiting row of each of these pairs, where the pair is free. */
  async freePairs(numberId: string, contactIds: readonly string[]): Promise<number> {
    return (await this.db.query<{ count: number }>(FREE_PAIRS_OF_NUMBER, [numberId, contactIds]))[0]?.count ?? 0;
  }

  /** The same for every pair of the platform that has a waiting row. */
  async freeAllPairs(): Promise<number> {
    return (await this.db.query<{ count: number }>(FREE_ALL_PAIRS))[0]?.count ?? 0;
  }

  /** Numbers with due work that no live worker holds. */
  async dueNumbers(): Promise<string[]> {
    return (await this.db.query<{ id: string }>(DUE_NUMBERS)).map((row) => row.id);
  }

  /** Forgets idempotency keys older than this. */
  async forgetKeys(olderThanHours: number): Promise<number> {
    return (await this.db.query(FORGET_KEYS, [olderThanHours])).length;
  }

  /** Tells the planner of the table that has grown most since it was told last. Returns its name; null where none has grown fourfold. */
  async analyzeGrown(): Promise<string | null> {
    return (await this.db.query<{ name: string | null }>(ANALYZE_GROWN))[0]?.name ?? null;
  }

  async ensurePartitions(): Promise<number> {
    return (await this.db.query<{ made: number }>(ENSURE_PARTITIONS))[0]?.made ?? 0;
  }

  /** True when a row fell into a DEFAULT partition: partitions were not made in time. */
  async hasStrays(): Promise<boolean> {
    return (await this.db.query<{ strays: boolean }>(STRAYS))[0]?.strays ?? false;
  }

  /** Age of the oldest webhook that is not processed; 0 when there is none. */
  async ledgerAgeSeconds(): Promise<number> {
    return (await this.db.query<{ seconds: number }>(LEDGER_AGE))[0]?.seconds ?? 0;
  }
}
