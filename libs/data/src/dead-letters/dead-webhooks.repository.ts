import type { Statement, SystemQueries } from '../system-db.js';

/** A webhook of the ledger, or one item of it, that could not be applied and is not tried again. */
export interface DeadWebhook {
  id: string;
  /** `event`: the whole POST was unreadable; `item`: one of its items failed at every attempt. */
  of: 'event' | 'item';
  eventId: string;
  /** JSON pointer of the item; null of an event. */
  path: string | null;
  kind: string | null;
  tenantId: string | null;
  graphNumberId: string | null;
  attempts: number;
  error: string | null;
  receivedAt: Date;
  failedAt: Date | null;
}

/** Which of them. Every field narrows it; none means all. */
export interface DeadWebhookFilter {
  of?: 'event' | 'item';
  kind?: string;
  tenantId?: string;
  graphNumberId?: string;
  /** Received since then, and before then; ISO 8601. */
  from?: string;
  to?: string;
}

/** Rows that one statement puts back at most. */
export const DEAD_WEBHOOKS_CHUNK = 1_000;

// $1 kind, $2 tenant, $3 number, $4 from, $5 to
const ITEMS = `w.state = 'DEAD' AND ($1::text IS NULL OR w.kind = $1) AND ($2::uuid IS NULL OR w.tenant_id = $2)
         AND ($3::text IS NULL OR w.graph_number_id = $3) AND ($4::timestamptz IS NULL OR w.event_id >= uuid_v7_floor($4))
         AND ($5::timestamptz IS NULL OR w.event_id < uuid_v7_floor($5))`;
// An unreadable event has neither kind nor number.
const EVENTS = `e.state = 'DEAD' AND $1::text IS NULL AND ($2::uuid IS NULL OR e.app_tenant_id = $2) AND $3::text IS NULL
         AND ($4::timestamptz IS NULL OR e.id >= uuid_v7_floor($4)) AND ($5::timestamptz IS NULL OR e.id < uuid_v7_floor($5))`;

const LIST: Statement = {
  name: 'dead-webhooks.list',
  text: `
    (SELECT w.id, 'item' AS of, w.event_id AS "eventId", w.path, w.kind, w.tenant_id AS "tenantId", w.graph_number_id AS "graphNumberId",
            w.attempts, w.error, uuid_v7_time(w.event_id) AS "receivedAt", w.updated_at AS "failedAt"
       FROM webhook_items w
      WHERE $6::text IS DISTINCT FROM 'event' AND ${ITEMS} AND ($7::uuid IS NULL OR w.id < $7)
      ORDER BY w.id DESC LIMIT $8)
    UNION ALL
    (SELECT e.id, 'event', e.id, NULL, NULL, e.app_tenant_id, NULL, 1, e.error, uuid_v7_time(e.id), e.processed_at
       FROM webhook_events e
      WHERE $6::text IS DISTINCT FROM 'item' AND ${EVENTS} AND ($7::uuid IS NULL OR e.id < $7)
      ORDER BY e.id DESC LIMIT $8)
    ORDER BY id DESC LIMIT $8`,
};

const COUNT: Statement = {
  name: 'dead-webhooks.count',
  text: `
    SELECT (SELECT count(*)::int FROM webhook_items w WHERE $6::text IS DISTINCT FROM 'event' AND ${ITEMS}) AS items,
           (SELECT count(*)::int FROM webhook_events e WHERE $6::text IS DISTINCT FROM 'item' AND ${EVENTS}) AS events`,
};

// What applied meanwhile is not DEAD any more, and what applies twice has one effect: every item is idempotent by its wamid
// or by its time. The error stays until it is known what becomes of this attempt.
const REDRIVE: Statement = {
  name: 'dead-webhooks.redrive',
  text: `
    WITH item AS (
      UPDATE webhook_items u SET state = 'RETRY', attempts = 0, next_at = now(), updated_at = now()
        FROM (SELECT w.id FROM webhook_items w WHERE $6::text IS DISTINCT FROM 'event' AND ${ITEMS} AND ($7::uuid IS NULL OR w.id = $7)
               ORDER BY w.id LIMIT ${DEAD_WEBHOOKS_CHUNK} FOR UPDATE SKIP LOCKED) d
       WHERE u.id = d.id
      RETURNING u.id
    ), event AS (
      UPDATE webhook_events u SET state = 'NEW', processed_at = NULL
        FROM (SELECT e.id FROM webhook_events e WHERE $6::text IS DISTINCT FROM 'item' AND ${EVENTS} AND ($7::uuid IS NULL OR e.id = $7)
               ORDER BY e.id LIMIT ${DEAD_WEBHOOKS_CHUNK} FOR UPDATE SKIP LOCKED) d
       WHERE u.id = d.id
      RETURNING u.id
    )
    SELECT (SELECT count(*)::int FROM item) AS items, (SELECT count(*)::int FROM event) AS events`,
};

export interface DeadWebhookCount {
  items: number;
  events: number;
}

function valuesOf({ kind, tenantId, graphNumberId, from, to, of }: DeadWebhookFilter): unknown[] {
  return [kind, tenantId, graphNumberId, from, to, of].map((value) => value ?? null);
}

/** At most `take` below `before`, newest first. For operators: they see all tenants', and no content. */
export function listDeadWebhooks(db: SystemQueries, filter: DeadWebhookFilter, take: number, before: string | undefined): Promise<DeadWebhook[]> {
  return db.query<DeadWebhook>(LIST, [...valuesOf(filter), before ?? null, take]);
}

export async function countDeadWebhooks(db: SystemQueries, filter: DeadWebhookFilter): Promise<DeadWebhookCount> {
  return (await db.query<DeadWebhookCount>(COUNT, valuesOf(filter)))[0]!;
}

/** Lets the ledger try these again: a chunk of each kind, or the one of this id. Call it until nothing is left. */
export async function redriveDeadWebhooks(db: SystemQueries, filter: DeadWebhookFilter, id?: string): Promise<DeadWebhookCount> {
  return (await db.query<DeadWebhookCount>(REDRIVE, [...valuesOf(filter), id ?? null]))[0]!;
}
