import { DURATION_BOUNDS, type MessageCounts, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

/** What messages may have in common. */
interface StatsKeyColumns {
  numberId: string;
  templateId: string | null;
  category: string | null;
}

/** Messages that agree in all of this. */
export interface CountedMessages extends StatsKeyColumns, Omit<MessageCounts, 'charged' | 'unpriced' | 'costMicros'> {
  /** Meta's billing category of those that are charged for; null: free, or not billed yet. */
  billed: string | null;
  /** How their recipients' numbers begin, as a rate card needs it; null: known by another id. */
  prefix: string | null;
}

/** A row of message_stats without its tenant and hour. */
export interface MessageStatsRow extends StatsKeyColumns, MessageCounts {}

// By the id, which is the time in which we took it: a range of the primary key. What was said before the number was connected
// is history that came with it, not traffic.
const COUNT_MESSAGES: Statement = {
  name: 'stats.count-messages',
  text: `
    SELECT m.phone_number_id AS "numberId", m.template_id AS "templateId", m.purpose AS category, b.billed,
           CASE WHEN b.billed IS NOT NULL THEN substring(m.recipient FROM '^\\+(\\d{1,7})') END AS prefix,
           count(*) FILTER (WHERE m.direction = 'INBOUND')::int AS received,
           count(*) FILTER (WHERE m.direction = 'OUTBOUND')::int AS accepted,
           count(*) FILTER (WHERE m.direction = 'OUTBOUND' AND coalesce(m.sent_at, m.delivered_at, m.read_at, m.played_at) IS NOT NULL)::int AS sent,
           count(*) FILTER (WHERE m.direction = 'OUTBOUND' AND coalesce(m.delivered_at, m.read_at, m.played_at) IS NOT NULL)::int AS delivered,
           count(*) FILTER (WHERE m.direction = 'OUTBOUND' AND coalesce(m.read_at, m.played_at) IS NOT NULL)::int AS read,
           count(*) FILTER (WHERE m.state = 'FAILED')::int AS failed,
           count(*) FILTER (WHERE m.state = 'EXPIRED')::int AS expired,
           count(*) FILTER (WHERE m.state = 'CANCELLED')::int AS cancelled
      FROM messages m
      JOIN phone_numbers n ON n.tenant_id = m.tenant_id AND n.id = m.phone_number_id
     CROSS JOIN LATERAL (
       SELECT CASE WHEN coalesce((m.pricing ->> 'billable')::boolean, m.pricing ->> 'type' = 'regular') THEN m.pricing ->> 'category' END AS billed) b
     WHERE m.tenant_id = $1 AND m.id >= uuid_v7_floor($2) AND m.id < uuid_v7_floor($3) AND m.created_at >= n.created_at
     GROUP BY 1, 2, 3, 4, 5`,
};

const CLEAR_MESSAGES: Statement = { name: 'stats.clear-messages', text: 'DELETE FROM message_stats WHERE tenant_id = $1 AND hour = $2' };

const WRITE_MESSAGES: Statement = {
  name: 'stats.write-messages',
  text: `
    INSERT INTO message_stats (tenant_id, hour, phone_number_id, template_id, category, received, accepted, sent, delivered, read, failed, expired,
                               cancelled, charged, unpriced, cost_micros)
    SELECT $1, $2, i.* FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[],
                                   $13::int[], $14::int[], $15::int[], $16::bigint[]) AS i`,
};

const CLEAR_DURATIONS: Statement = { name: 'stats.clear-durations', text: 'DELETE FROM duration_stats WHERE tenant_id = $1 AND hour = $2' };

// A resolution lasts from the customer's first message, or from the last reopening, to the moment in which somebody resolved it.
const COUNT_DURATIONS: Statement = {
  name: 'stats.count-durations',
  text: `
    WITH response AS (
      SELECT r.phone_number_id, r.is_first, r.seconds, r.in_time FROM conversation_responses r
       WHERE r.tenant_id = $1 AND r.answered_at >= $2 AND r.answered_at < $3
    ), resolved AS (
      SELECT c.phone_number_id, greatest(0, extract(epoch FROM e.at - coalesce(
               (SELECT b.at FROM conversation_events b WHERE b.tenant_id = e.tenant_id AND b.conversation_id = e.conversation_id AND b.id < e.id
                   AND b.type = 'reopened' ORDER BY b.id DESC LIMIT 1), c.first_inbound_at, c.created_at)))::int AS seconds
        FROM conversation_events e
        JOIN conversations c ON c.tenant_id = e.tenant_id AND c.id = e.conversation_id
       WHERE e.tenant_id = $1 AND e.id >= uuid_v7_floor($2) AND e.id < uuid_v7_floor($3) AND e.type = 'resolved'
    ), ended AS (
      SELECT phone_number_id, 'response' AS kind, seconds, in_time FROM response
      UNION ALL SELECT phone_number_id, 'first-response', seconds, in_time FROM response WHERE is_first
      UNION ALL SELECT phone_number_id, 'resolution', seconds, NULL FROM resolved
    )
    INSERT INTO duration_stats (tenant_id, hour, phone_number_id, kind, histogram, count, seconds, judged, in_time)
    SELECT $1, $2, e.phone_number_id, e.kind,
           ARRAY(SELECT count(i.step)::int FROM generate_series(0, cardinality($4::int[])) AS s (step) LEFT JOIN unnest(e.steps) AS i (step) USING (step)
                  GROUP BY s.step ORDER BY s.step),
           e.count, e.seconds, e.judged, e.in_time
      FROM (SELECT phone_number_id, kind, array_agg(width_bucket(seconds, $4::int[])) AS steps, count(*) AS count, sum(seconds) AS seconds,
                   count(in_time) AS judged, count(*) FILTER (WHERE in_time) AS in_time
              FROM ended GROUP BY phone_number_id, kind) e`,
};

/** The messages that were taken in this time, from the rows themselves. */
export function countMessages(tx: SystemTx, tenantId: TenantId, from: Date, to: Date): Promise<CountedMessages[]> {
  return tx.query<CountedMessages>(COUNT_MESSAGES, [tenantId, from, to]);
}

/** Puts these rows in place of those of the hour. */
export async function writeMessageStats(tx: SystemTx, tenantId: TenantId, hour: Date, rows: readonly MessageStatsRow[]): Promise<void> {
  await tx.query(CLEAR_MESSAGES, [tenantId, hour]);
  if (rows.length === 0) return;
  const values = columns(
    rows,
    (r) => r.numberId, (r) => r.templateId, (r) => r.category, (r) => r.received, (r) => r.accepted, (r) => r.sent, (r) => r.delivered, (r) => r.read,
    (r) => r.failed, (r) => r.expired, (r) => r.cancelled, (r) => r.charged, (r) => r.unpriced, (r) => r.costMicros,
  );
  await tx.query(WRITE_MESSAGES, [tenantId, hour, ...values]);
}

/** Counts the answers and resolutions that ended in this hour, in place of what was counted before. */
export async function writeDurationStats(tx: SystemTx, tenantId: TenantId, hour: Date, end: Date): Promise<void> {
  await tx.query(CLEAR_DURATIONS, [tenantId, hour]);
  await tx.query(COUNT_DURATIONS, [tenantId, hour, end, [...DURATION_BOUNDS]]);
}
