import type { Statement, SystemDb } from '../system-db.js';
import { DOUBT_HOLDS_PAIR_SECONDS } from './claim.repository.js';

/** Rows that one statement of the sweep touches at most: long sets would hold locks and snapshots for long. */
const CHUNK = 1_000;

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

const PROMOTE: Statement = {
  name: 'sweep.promote',
  text: `
    WITH due AS (
      SELECT tenant_id, id FROM messages
       WHERE state = 'WAITING' AND wait_until <= now()
       ORDER BY wait_until LIMIT ${CHUNK}
         FOR UPDATE SKIP LOCKED
    ), moved AS (
      UPDATE messages m SET state = 'QUEUED', wait_cause = NULL, wait_until = NULL, updated_at = now()
        FROM due d WHERE m.tenant_id = d.tenant_id AND m.id = d.id
      RETURNING m.tenant_id, m.id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type) SELECT tenant_id, id, 'queued' FROM moved
    )
    SELECT count(*)::int AS count FROM moved`,
};

// The pairs that may be free, each with its oldest waiting row of a lane that no retrying head holds.
const freePairs = (pairs: string) => `
    WITH pair AS (${pairs}), oldest AS (
      SELECT w.tenant_id, w.id FROM pair p
       CROSS JOIN LATERAL (
         SELECT m.tenant_id, m.id FROM messages m
          WHERE m.phone_number_id = p.phone_number_id AND m.contact_id = p.contact_id AND m.state = 'WAITING' AND m.wait_cause = 'pair'
            AND NOT EXISTS (SELECT FROM messages r WHERE r.phone_number_id = p.phone_number_id AND r.contact_id = p.contact_id
                               AND r.state = 'WAITING' AND r.wait_cause = 'retry' AND r.lane = m.lane)
          ORDER BY m.lane, m.id LIMIT 1
       ) w
       WHERE NOT EXISTS (SELECT FROM messages f WHERE f.phone_number_id = p.phone_number_id AND f.contact_id = p.contact_id
                            AND f.state IN ('DISPATCHED', 'SENDING'))
         AND NOT EXISTS (SELECT FROM messages u WHERE u.phone_number_id = p.phone_number_id AND u.contact_id = p.contact_id
                            AND u.state = 'UNKNOWN' AND u.updated_at > now() - interval '${DOUBT_HOLDS_PAIR_SECONDS} seconds')
    ), moved AS (
      UPDATE messages m SET state = 'QUEUED', wait_cause = NULL, updated_at = now()
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

// A skip scan over the index of waiting rows: it visits each waiting pair once, however many rows stand behind it.
const FREE_ALL_PAIRS: Statement = {
  name: 'sweep.free-pairs',
  text: freePairs(`
      WITH RECURSIVE walk AS (
        (SELECT phone_number_id, contact_id FROM messages WHERE state = 'WAITING' ORDER BY phone_number_id, contact_id LIMIT 1)
        UNION ALL
        SELECT n.phone_number_id, n.contact_id FROM walk w CROSS JOIN LATERAL (
          SELECT m.phone_number_id, m.contact_id FROM messages m
           WHERE m.state = 'WAITING' AND (m.phone_number_id, m.contact_id) > (w.phone_number_id, w.contact_id)
           ORDER BY m.phone_number_id, m.contact_id LIMIT 1) n
      ) SELECT phone_number_id, contact_id FROM walk`),
};

const DUE_NUMBERS: Statement = {
  name: 'sweep.due-numbers',
  text: `
    SELECT n.id FROM phone_numbers n
     WHERE (n.lease_until IS NULL OR n.lease_until <= now()) AND (n.paused_until IS NULL OR n.paused_until <= now())
       AND EXISTS (SELECT FROM messages m WHERE m.phone_number_id = n.id AND m.state = 'QUEUED')`,
};

const FORGET_KEYS: Statement = {
  name: 'sweep.forget-keys',
  text: `
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM idempotency_keys WHERE created_at < now() - make_interval(hours => $1) LIMIT ${CHUNK}))
    RETURNING 1 AS gone`,
};

const ENSURE_PARTITIONS: Statement = { name: 'sweep.partitions', text: 'SELECT ensure_partitions() AS made' };

// No role may read a partition past its parent, and through the parent this would scan them all; the size says enough.
const STRAYS: Statement = {
  name: 'sweep.strays',
  text: `
    SELECT pg_relation_size('message_events_default') + pg_relation_size('events_default') + pg_relation_size('webhook_events_default') > 0
             AS strays`,
};

// Counting stops at a cap: beyond it the exact figure tells nobody more, and the count would cost more than the queue.
const FIGURES: Statement = {
  name: 'sweep.figures',
  text: `
    SELECT (SELECT count(*)::int FROM (SELECT FROM messages WHERE state = 'QUEUED' AND created_at < now() - interval '60 seconds' LIMIT 100000) q) AS "queueDepth",
           (SELECT count(*)::int FROM (SELECT FROM messages WHERE dead_lettered_at IS NOT NULL LIMIT 100000) d) AS "deadLetters",
           coalesce((SELECT extract(epoch FROM now() - uuid_v7_time(id)) FROM webhook_events WHERE state = 'NEW' ORDER BY id LIMIT 1), 0)::float AS "backlogAgeSeconds"`,
};

export interface QueueFigures {
  /** Messages due for more than a minute, neither held nor scheduled. */
  queueDepth: number;
  deadLetters: number;
  /** Age of the oldest webhook that is not processed. */
  backlogAgeSeconds: number;
}

/** Repairs what crashes and lost wake-ups leave behind. Every method is safe to run on many workers at once. */
export class SendingSweep {
  constructor(private readonly db: SystemDb) {}

  /** Expired DISPATCHED rows go back to QUEUED, expired SENDING rows become UNKNOWN. */
  async reclaimExpired(): Promise<{ queued: number; unknown: number }> {
    const rows = await this.db.query<{ state: string; count: number }>(RECLAIM);
    const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
    return { queued: count('QUEUED'), unknown: count('UNKNOWN') };
  }

  /** Waiting rows whose time has come go back to QUEUED. */
  async promoteDue(): Promise<number> {
    return (await this.db.query<{ count: number }>(PROMOTE))[0]?.count ?? 0;
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

  async ensurePartitions(): Promise<number> {
    return (await this.db.query<{ made: number }>(ENSURE_PARTITIONS))[0]?.made ?? 0;
  }

  /** True when a row fell into a DEFAULT partition: partitions were not made in time. */
  async hasStrays(): Promise<boolean> {
    return (await this.db.query<{ strays: boolean }>(STRAYS))[0]?.strays ?? false;
  }

  /** Figures of the queues, for gauges; each at most 100,000. */
  async figures(): Promise<QueueFigures> {
    return (await this.db.query<QueueFigures>(FIGURES))[0]!;
  }
}
