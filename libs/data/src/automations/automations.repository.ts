import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import { noteTextChanges } from '../search/message-texts.repository.js';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';

/** Names a customer's message. */
export interface MessageKey {
  tenantId: TenantId;
  messageId: string;
}

const LOCK: Statement = {
  name: 'automations.lock',
  text: `
    SELECT m.tenant_id AS "tenantId", m.id AS "messageId" FROM messages m
     WHERE m.direction = 'INBOUND' AND m.automated_at IS NULL
     ORDER BY m.id LIMIT $1
       FOR UPDATE OF m SKIP LOCKED`,
};

const BEGUN: Statement = {
  name: 'automations.begun',
  text: `
    UPDATE messages m SET automated_at = now(), updated_at = now()
      FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)
     WHERE m.tenant_id = i.tenant_id AND m.id = i.id`,
};

/** What a chain is decided by, as the rows say it. */
export interface ChainRow extends MessageKey {
  conversationId: string;
  contactId: string;
  numberId: string;
  wamid: string;
  kind: string;
  /** JSON. */
  content: string;
  displayContent: string;
  arrivedAt: Date;
  /** Too long ago for an answer: Meta's window has closed. */
  isOver: boolean;
  isFirst: boolean;
  transcript: string | null;
  intent: string | null;
  intentConfidence: number | null;
  mediaId: string | null;
  language: string | null;
  isAssigned: boolean;
  staffAt: Date | null;
  tags: string[];
  /** Closed periods of which the conversation was told by other messages. */
  saidAwayFor: Date[];
  echoEnabled: boolean;
  timeZone: string;
  /** The database's time. */
  now: Date;
  /** Ids of the steps that were begun. */
  begun: string[];
}

// The messages first, by their keys: nothing is to be looked up by the tenant alone.
const FACTS: Statement = {
  name: 'automations.facts',
  text: `
    WITH asked AS MATERIALIZED (
      SELECT m.tenant_id, m.id, m.conversation_id, m.contact_id, m.phone_number_id, m.wamid, m.kind, m.content::text AS content, m.display_content,
             m.created_at, m.transcript, m.intent, m.intent_confidence, m.media_ids
        FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)
        JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.id
    )
    SELECT m.tenant_id AS "tenantId", m.id AS "messageId", c.id AS "conversationId", m.contact_id AS "contactId", m.phone_number_id AS "numberId",
           m.wamid, m.kind, m.content, m.display_content AS "displayContent", m.created_at AS "arrivedAt",
           m.created_at < now() - interval '24 hours' AS "isOver",
           (SELECT f.id FROM messages f WHERE f.tenant_id = m.tenant_id AND f.conversation_id = m.conversation_id ORDER BY f.id LIMIT 1) = m.id AS "isFirst",
           m.transcript, m.intent, m.intent_confidence::float8 AS "intentConfidence", m.media_ids[1] AS "mediaId",
           coalesce((SELECT r.detail->>'language' FROM automation_runs r
                      WHERE r.tenant_id = m.tenant_id AND r.message_id = m.id AND r.type = 'transcribe' LIMIT 1),
                    (SELECT k.context->>'language' FROM contacts k WHERE k.tenant_id = m.tenant_id AND k.id = m.contact_id LIMIT 1)) AS language,
           c.assigned_to IS NOT NULL AS "isAssigned", c.staff_at AS "staffAt", c.tags,
           ARRAY(SELECT r.period FROM automation_runs r WHERE r.tenant_id = c.tenant_id AND r.conversation_id = c.id AND r.period IS NOT NULL
                    AND r.message_id <> m.id) AS "saidAwayFor",
           (SELECT t.echo_enabled FROM tenants t WHERE t.id = m.tenant_id LIMIT 1) AS "echoEnabled",
           (SELECT t.time_zone FROM tenants t WHERE t.id = m.tenant_id LIMIT 1) AS "timeZone", now(),
           ARRAY(SELECT r.step FROM automation_runs r WHERE r.tenant_id = m.tenant_id AND r.message_id = m.id) AS begun
      FROM asked m
      JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
     ORDER BY m.id`,
};

/** What may have changed since a chain was decided: whether somebody speaks for the business now. */
export interface SpeakerRow {
  isAssigned: boolean;
  staffAt: Date | null;
  tags: string[];
  now: Date;
}

const SPEAKER: Statement = {
  name: 'automations.speaker',
  text: `SELECT assigned_to IS NOT NULL AS "isAssigned", staff_at AS "staffAt", tags, now() FROM conversations WHERE tenant_id = $1 AND id = $2`,
};

/** One message of a conversation, as a model reads it. */
export interface SpokenRow {
  direction: 'INBOUND' | 'OUTBOUND';
  kind: string;
  content: string;
  transcript: string | null;
  displayContent: string;
}

const CONTEXT: Statement = {
  name: 'automations.context',
  text: `
    SELECT direction, kind, content, transcript, "displayContent" FROM (
      SELECT m.id, m.created_at, m.direction, m.kind, m.content::text AS content, m.transcript, m.display_content AS "displayContent" FROM messages m
       WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.id <= $3 AND m.sender || '' <> 'system'
         AND m.state || '' NOT IN ('FAILED', 'CANCELLED', 'EXPIRED')
       ORDER BY m.id DESC LIMIT $4) last
     ORDER BY created_at, id`,
};

const LEARN: Statement = {
  name: 'automations.learn',
  text: `
    UPDATE messages SET transcript = coalesce($3, transcript), intent = coalesce($4, intent),
                        intent_confidence = CASE WHEN $4::text IS NULL THEN intent_confidence ELSE $5::real END, updated_at = now()
     WHERE tenant_id = $1 AND id = $2 RETURNING id`,
};

// The tag and the line in the timeline once, however many steps ask for a person.
const HAND_OVER: Statement = {
  name: 'automations.hand-over',
  text: `
    WITH flagged AS (
      UPDATE conversations SET tags = array_append(tags, $3::text), updated_at = now()
       WHERE tenant_id = $1 AND id = $2 AND NOT $3::text = ANY (tags)
      RETURNING tenant_id, id
    )
    INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
    SELECT tenant_id, id, 'handed-over', 'system', json_build_object('messageId', $4::uuid, 'step', $5::text) FROM flagged`,
};

/** The oldest customers' messages whose chain has not begun, locked until the transaction ends. */
export function lockUnanswered(tx: SystemTx, limit: number): Promise<MessageKey[]> {
  return tx.query<MessageKey>(LOCK, [limit]);
}

/** Their chains stand in automation_runs from now on, or have nothing to do. */
export async function markAutomated(tx: SystemTx, messages: readonly MessageKey[]): Promise<void> {
  await tx.query(BEGUN, columns(messages, (m) => m.tenantId, (m) => m.messageId));
}

/** What the chains of these messages are decided by, oldest first. A message without a conversation has no chain. */
export function readChainRows(db: SystemQueries, messages: readonly MessageKey[]): Promise<ChainRow[]> {
  return db.query<ChainRow>(FACTS, columns(messages, (m) => m.tenantId, (m) => m.messageId));
}

/** Null where there is no such conversation. */
export async function readSpeaker(db: SystemQueries, tenantId: TenantId, conversationId: string): Promise<SpeakerRow | null> {
  return (await db.query<SpeakerRow>(SPEAKER, [tenantId, conversationId]))[0] ?? null;
}

/** The last messages of a conversation up to this one, in order. Receipts of our own and what never left are left out. */
export function readSpoken(db: SystemQueries, message: MessageKey, conversationId: string, limit: number): Promise<SpokenRow[]> {
  return db.query<SpokenRow>(CONTEXT, [message.tenantId, conversationId, message.messageId, limit]);
}

/** What a step found out about a message. */
export interface Learnt {
  transcript?: string;
  intent?: { name: string; confidence: number | null };
}

export async function noteLearnt(tx: SystemTx, { tenantId, messageId }: MessageKey, { transcript, intent }: Learnt): Promise<void> {
  if (transcript === undefined && !intent) return;
  const learnt = await tx.query(LEARN, [tenantId, messageId, transcript ?? null, intent?.name ?? null, intent?.confidence ?? null]);
  if (transcript !== undefined && learnt.length > 0) await noteTextChanges(tx, [{ tenantId, id: messageId }]);
}

/** Flags the conversation for people, once. */
export async function flagForHuman(tx: SystemTx, { tenantId, messageId }: MessageKey, conversationId: string, tag: string, step: string): Promise<void> {
  await tx.query(HAND_OVER, [tenantId, conversationId, tag, messageId, step]);
}
