import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import { answeredAt, answers } from '../conversations/answers.js';
import type { Statement, SystemTx } from '../system-db.js';

/** How a status names its message. Number and attempt id (or wamid) must fit together. */
export interface StatusKey {
  tenantId: TenantId;
  numberId: string;
  attemptId: string | null;
  wamid: string;
}

/** A message as the statuses find it, locked. ord: the places of the keys that named it. */
export interface StatusTarget {
  tenantId: TenantId;
  id: string;
  numberId: string;
  contactId: string;
  /** Null until Meta's answer was recorded. */
  conversationId: string | null;
  ords: number[];
  state: string;
  reason: string | null;
  wamid: string | null;
  /** The newest attempt. */
  attemptId: string | null;
  duplicateSuspected: boolean;
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  playedAt: Date | null;
  failedAt: Date | null;
}

export interface StatusChange {
  tenantId: TenantId;
  id: string;
  state: string;
  reason: string | null;
  wamid: string | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  playedAt: Date | null;
  failedAt: Date | null;
  errorCode: number | null;
  errorText: string | null;
  deadLettered: boolean;
  /** Two attempts of it were accepted. */
  duplicateSuspected: boolean;
  /** JSON text of `Pricing`; what is known already stays. */
  pricing: string | null;
  /** The conversation to join, for a message whose own answer never came. */
  conversationId: string | null;
}

export interface StatusNews {
  tenantId: TenantId;
  messageId: string;
  type: string;
  detail: string;
  /** The name of the event that tenants read; null for a status that is on the timeline only. */
  event: string | null;
}

// Locks in the order of the ids, so that two workers with crossing sets wait for each other instead of dying.
const LOCK_TARGETS: Statement = {
  name: 'statuses.lock-targets',
  text: `
    WITH named AS MATERIALIZED (
      SELECT i.tenant_id, i.number_id, i.ord,
             coalesce((SELECT a.message_id FROM message_attempts a WHERE a.tenant_id = i.tenant_id AND a.id = i.attempt_id),
                      (SELECT w.id FROM messages w WHERE w.phone_number_id = i.number_id AND w.wamid = i.wamid AND w.tenant_id = i.tenant_id)) AS message_id
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) WITH ORDINALITY AS i (tenant_id, number_id, attempt_id, wamid, ord)
    ), grouped AS MATERIALIZED (
      SELECT tenant_id, number_id, message_id, array_agg(ord::int - 1) AS ords FROM named
       WHERE message_id IS NOT NULL GROUP BY tenant_id, number_id, message_id
    )
    SELECT m.tenant_id AS "tenantId", m.id, m.phone_number_id AS "numberId", m.contact_id AS "contactId",
           m.conversation_id AS "conversationId", g.ords, m.state, m.reason, m.wamid, m.attempt_id AS "attemptId",
           m.duplicate_suspected AS "duplicateSuspected", m.sent_at AS "sentAt", m.delivered_at AS "deliveredAt",
           m.read_at AS "readAt", m.played_at AS "playedAt", m.failed_at AS "failedAt"
      FROM grouped g
      JOIN messages m ON m.tenant_id = g.tenant_id AND m.id = g.message_id AND m.phone_number_id = g.number_id AND m.direction = 'OUTBOUND'
     ORDER BY m.tenant_id, m.id
       FOR UPDATE OF m`,
};

const APPLY: Statement = {
  name: 'statuses.apply',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
                           $9::timestamptz[], $10::timestamptz[], $11::int[], $12::text[], $13::boolean[], $14::uuid[], $15::boolean[], $16::json[])
             AS i (tenant_id, id, state, reason, wamid, sent_at, delivered_at, read_at, played_at, failed_at, error_code, error_text,
                   dead_lettered, conversation_id, duplicate_suspected, pricing)
    ), joined AS (
      UPDATE conversations c
         SET message_count = c.message_count + j.count, answered_at = ${answeredAt('j.answered_at')}, staff_at = greatest(c.staff_at, j.staff_at),
             updated_at = now()
        FROM (SELECT i.tenant_id, i.conversation_id, count(*)::int AS count,
                     max(coalesce(i.sent_at, i.delivered_at, now())) FILTER (WHERE ${answers('m')} AND i.state <> 'FAILED') AS answered_at,
                     max(coalesce(i.sent_at, i.delivered_at, now())) FILTER (WHERE m.sender = 'staff' AND i.state <> 'FAILED') AS staff_at
                FROM input i JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.id
               WHERE i.conversation_id IS NOT NULL GROUP BY 1, 2) j
       WHERE c.tenant_id = j.tenant_id AND c.id = j.conversation_id
    )
    UPDATE messages m
       SET state = i.state, reason = i.reason, wamid = coalesce(m.wamid, i.wamid),
           accepted_at = coalesce(m.accepted_at, now()),
           sent_at = i.sent_at, delivered_at = i.delivered_at, read_at = i.read_at, played_at = i.played_at, failed_at = i.failed_at,
           error_code = coalesce(i.error_code, m.error_code), error_text = coalesce(i.error_text, m.error_text),
           dead_lettered_at = CASE WHEN i.dead_lettered THEN coalesce(m.dead_lettered_at, now()) WHEN i.state <> 'FAILED' THEN NULL ELSE m.dead_lettered_at END,
           wait_cause = CASE WHEN i.state = 'WAITING' THEN m.wait_cause END,
           wait_until = CASE WHEN i.state = 'WAITING' THEN m.wait_until END,
           lease_until = CASE WHEN i.state IN ('DISPATCHED', 'SENDING') THEN m.lease_until END,
           conversation_id = coalesce(m.conversation_id, i.conversation_id), duplicate_suspected = i.duplicate_suspected,
           pricing = coalesce(m.pricing, i.pricing), updated_at = now()
      FROM input i
     WHERE m.tenant_id = i.tenant_id AND m.id = i.id`,
};

const TELL: Statement = {
  name: 'statuses.tell',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, uuid_v7(statement_timestamp(), i.ord::int) AS id, m.wamid, m.customer_id, m.order_id, m.quote_id, m.user_id
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[], $5::text[]) WITH ORDINALITY AS i (tenant_id, message_id, type, detail, event, ord)
        JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, id, message_id, type, detail)
      SELECT tenant_id, id, message_id, type, detail FROM input
    )
    INSERT INTO events (tenant_id, id, type, resource_type, resource_id, data)
    SELECT i.tenant_id, i.id, i.event, 'message', i.message_id,
           json_build_object('messageId', i.message_id, 'wamid', i.wamid, 'status', i.detail, 'customerId', i.customer_id,
                             'orderId', i.order_id, 'quoteId', i.quote_id, 'userId', i.user_id)
      FROM input i
     WHERE i.event IS NOT NULL`,
};

/** The messages that these keys name, each once and locked. A key that names none is in no row's ords. */
export function lockStatusTargets(tx: SystemTx, keys: readonly StatusKey[]): Promise<StatusTarget[]> {
  return tx.query<StatusTarget>(LOCK_TARGETS, columns(keys, (k) => k.tenantId, (k) => k.numberId, (k) => k.attemptId, (k) => k.wamid));
}

/** Sets the messages to what their statuses made of them. The rows must be locked by lockStatusTargets. */
export async function applyStatusChanges(tx: SystemTx, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    APPLY,
    columns(
      changes,
      (c) => c.tenantId, (c) => c.id, (c) => c.state, (c) => c.reason, (c) => c.wamid, (c) => c.sentAt, (c) => c.deliveredAt, (c) => c.readAt,
      (c) => c.playedAt, (c) => c.failedAt, (c) => c.errorCode, (c) => c.errorText, (c) => c.deadLettered, (c) => c.conversationId,
      (c) => c.duplicateSuspected, (c) => c.pricing,
    ),
  );
}

/** Writes timeline and events of what was new. */
export async function tellStatuses(tx: SystemTx, news: readonly StatusNews[]): Promise<void> {
  if (news.length === 0) return;
  await tx.query(TELL, columns(news, (n) => n.tenantId, (n) => n.messageId, (n) => n.type, (n) => n.detail, (n) => n.event));
}
