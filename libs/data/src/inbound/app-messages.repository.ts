import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import { answeredAt } from '../conversations/answers.js';
import type { Statement, SystemTx } from '../system-db.js';
import { announceMedia, mediaOf } from './announce-media.js';
import type { InboundMedia, Pair, StoredMessage } from './inbound-messages.repository.js';

/** A message that the WhatsApp Business app tells of: what the staff wrote there, or what was said before the number was connected. */
export interface AppMessage extends Pair {
  conversationId: string;
  direction: 'INBOUND' | 'OUTBOUND';
  wamid: string;
  kind: string;
  content: string;
  displayContent: string;
  replyToWamid: string | null;
  /** Phone number or business-scoped id of whom it went to; null for what the customer wrote. */
  recipient: string | null;
  state: string;
  reason: string | null;
  /** Meta's time of the message. */
  at: Date;
  media: InboundMedia | null;
}

/** Where a message from the app belongs. */
export interface AppConversation extends Pair {
  id: string;
  /** True when this transaction made it. */
  opened: boolean;
}

/** What messages from the app add to one conversation. */
export interface AppGrowth {
  tenantId: TenantId;
  conversationId: string;
  contactId: string;
  count: number;
  lastMessage: string;
  lastAt: Date;
  /** Of what the customer wrote among them. */
  firstInboundAt: Date | null;
  lastInboundAt: Date | null;
  /** Of what the staff wrote just now; null for the past, which answers nobody. */
  firstAnswerAt: Date | null;
  lastAnswerAt: Date | null;
  /** True when this transaction made the conversation, and tenants are to hear of it. */
  opened: boolean;
}

/** When these messages enter the order of ids: as they come, or, for those of earlier times, where they belong. */
export type AppOrder = 'arrival' | 'meta-time';

// The unique wamid decides, as for every message. Automations never see them: nobody waits for an answer to the past, and
// the staff needs none.
const store = (name: string, idAt: string, step: string): Statement => ({
  name,
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, uuid_v7(${idAt}, ord::int) AS id
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::json[], $8::text[], $9::text[], $10::timestamptz[],
                    $11::text[], $12::text[], $13::text[], $14::bytea[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
               WITH ORDINALITY AS i (tenant_id, number_id, contact_id, conversation_id, wamid, kind, content, display_content, reply_to, at,
                                     graph_media_id, media_kind, mime_type, sha256, file_name, direction, recipient, state, reason, ord)
        JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id
    ), ${announceMedia('input', 'now()')}, stored AS (
      INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, payload, display_content,
                            recipient, reply_to_wamid, state, reason, wamid, created_at, accepted_at, sent_at, automated_at, media_ids)
      SELECT i.tenant_id, i.id, i.number_id, i.contact_id, i.conversation_id, i.direction,
             CASE i.direction WHEN 'INBOUND' THEN 'customer' ELSE 'staff' END, i.kind, i.content,
             CASE i.direction WHEN 'OUTBOUND' THEN '{}'::json END, i.display_content, i.recipient, i.reply_to, i.state, i.reason, i.wamid, i.at,
             CASE i.direction WHEN 'OUTBOUND' THEN i.at END, CASE WHEN i.state IN ('SENT', 'DELIVERED', 'READ', 'PLAYED') THEN i.at END,
             CASE i.direction WHEN 'INBOUND' THEN now() END, ${mediaOf('i')}
        FROM input i
       ORDER BY i.number_id, i.wamid
      ON CONFLICT (phone_number_id, wamid) WHERE wamid IS NOT NULL DO NOTHING
      RETURNING tenant_id, id, wamid, phone_number_id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type) SELECT tenant_id, id, '${step}' FROM stored
    )
    SELECT id, wamid, phone_number_id AS "numberId" FROM stored ORDER BY id`,
});

const STORE: Readonly<Record<AppOrder, Statement>> = {
  arrival: store('inbound.store-echoes', 'statement_timestamp()', 'echoed'),
  'meta-time': store('inbound.store-history', 'i.at', 'imported'),
};

// A person whom nobody had a conversation with: what was said before is no open matter, unless it turns out to be (GROW).
const OPEN_SETTLED: Statement = {
  name: 'inbound.open-settled-conversations',
  text: `
    INSERT INTO conversations (tenant_id, phone_number_id, contact_id, state, resolved_at)
    SELECT DISTINCT i.tenant_id, i.number_id, i.contact_id, 'RESOLVED', to_timestamp(0)
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, number_id, contact_id)
      JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id
     WHERE (SELECT true FROM conversations c WHERE c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id AND c.phone_number_id = i.number_id LIMIT 1) IS NULL
     ORDER BY 1, 2, 3
    ON CONFLICT (tenant_id, phone_number_id, contact_id) WHERE state <> 'ARCHIVED' DO NOTHING`,
};

const LOCK_ANY: Statement = {
  name: 'inbound.lock-any-conversations',
  text: `
    WITH newest AS MATERIALIZED (
      SELECT i.tenant_id, (SELECT c.id FROM conversations c
                WHERE c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id AND c.phone_number_id = i.number_id
                ORDER BY c.state = 'ARCHIVED', c.id DESC LIMIT 1) AS id
        FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, number_id, contact_id)) i
    )
    SELECT c.tenant_id AS "tenantId", c.phone_number_id AS "numberId", c.contact_id AS "contactId", c.id, false AS opened
      FROM newest n JOIN conversations c ON c.tenant_id = n.tenant_id AND c.id = n.id
     ORDER BY c.tenant_id, c.phone_number_id, c.contact_id
       FOR UPDATE OF c`,
};

/** SQL: the conversation c is settled because nobody but the history ever touched it: people settle it after its last message. */
const SETTLED_BY_HISTORY = `c.state = 'RESOLVED' AND i.first_out IS NULL AND (c.last_message IS NULL OR c.resolved_at <= c.last_message_at)`;
const IS_RECENT = `i.last_in > now() - interval '24 hours'`;

// What was said before stands where Meta's times put it, whichever chunk comes first; it is an open matter only where the customer
// wrote within the last day. first_out, last_out: of what the staff writes now, which answers the customer.
const GROW: Statement = {
  name: 'inbound.grow-from-app',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
                           $9::timestamptz[], $10::timestamptz[], $11::boolean[])
               AS i (tenant_id, id, contact_id, count, last_message, last_at, first_in, last_in, first_out, last_out, opened)
    ), grown AS (
      UPDATE conversations c
         SET message_count = c.message_count + i.count,
             last_message = CASE WHEN i.last_at >= c.last_message_at OR c.last_message IS NULL THEN i.last_message ELSE c.last_message END,
             last_message_at = CASE WHEN c.last_message IS NULL THEN i.last_at ELSE greatest(c.last_message_at, i.last_at) END,
             first_inbound_at = least(c.first_inbound_at, i.first_in), last_inbound_at = greatest(c.last_inbound_at, i.last_in),
             answered_at = ${answeredAt('CASE WHEN i.first_out > c.awaiting_since THEN i.first_out ELSE i.last_out END')},
             staff_at = greatest(c.staff_at, i.last_out),
             state = CASE WHEN ${SETTLED_BY_HISTORY} AND ${IS_RECENT} THEN 'OPEN' ELSE c.state END,
             resolved_at = CASE WHEN NOT (${SETTLED_BY_HISTORY}) THEN c.resolved_at
                                WHEN ${IS_RECENT} THEN NULL
                                WHEN c.last_message IS NULL THEN i.last_at
                                ELSE greatest(c.last_message_at, i.last_at) END,
             updated_at = now()
        FROM input i WHERE c.tenant_id = i.tenant_id AND c.id = i.id
      RETURNING c.tenant_id, c.id, c.contact_id, i.opened
    ), met AS (
      UPDATE contacts k SET last_inbound_at = i.last_in, updated_at = now()
        FROM (SELECT tenant_id, contact_id, max(last_in) AS last_in FROM input WHERE last_in IS NOT NULL GROUP BY 1, 2) i
       WHERE k.tenant_id = i.tenant_id AND k.id = i.contact_id AND (k.last_inbound_at IS NULL OR k.last_inbound_at < i.last_in)
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT tenant_id, 'whatsapp.conversation_opened', 'conversation', id, json_build_object('conversationId', id, 'contactId', contact_id)
      FROM grown WHERE opened`,
};

const TELL_ECHOES: Statement = {
  name: 'inbound.tell-echoes',
  text: `
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT m.tenant_id, 'whatsapp.message_echoed', 'message', m.id,
           json_build_object('messageId', m.id, 'conversationId', m.conversation_id, 'contactId', m.contact_id, 'numberId', m.phone_number_id,
                             'wamid', m.wamid, 'kind', m.kind)
      FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id) JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.id`,
};

// One event for a set, however long: half a year of a restaurant's chats is tens of thousands of messages.
const TELL_HISTORY: Statement = {
  name: 'inbound.tell-history',
  text: `
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT i.tenant_id, 'whatsapp.history_stored', 'number', i.number_id,
           json_build_object('numberId', i.number_id, 'messages', count(*), 'messageIds', json_agg(i.message_id))
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, number_id, message_id)
      JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id AND m.phone_number_id = i.number_id
     GROUP BY i.tenant_id, i.number_id`,
};

/** Stores messages that the Business app tells of, with their step of the timeline. One that is known is missing from the answer. */
export function storeAppMessages(tx: SystemTx, messages: readonly AppMessage[], order: AppOrder): Promise<StoredMessage[]> {
  return tx.query<StoredMessage>(
    STORE[order],
    columns(
      messages,
      (m) => m.tenantId, (m) => m.numberId, (m) => m.contactId, (m) => m.conversationId, (m) => m.wamid, (m) => m.kind, (m) => m.content,
      (m) => m.displayContent, (m) => m.replyToWamid, (m) => m.at, (m) => m.media?.graphMediaId ?? null, (m) => m.media?.kind ?? null,
      (m) => m.media?.mimeType ?? null, (m) => m.media?.sha256 ?? null, (m) => m.media?.fileName ?? null, (m) => m.direction, (m) => m.recipient,
      (m) => m.state, (m) => m.reason,
    ),
  );
}

/** The newest conversation of each pair, archived or not, and a settled one where there is none; locked until the transaction ends. */
export async function ensurePastConversations(tx: SystemTx, pairs: readonly Pair[]): Promise<AppConversation[]> {
  const arrays = columns(pairs, (p) => p.tenantId, (p) => p.numberId, (p) => p.contactId);
  await tx.query(OPEN_SETTLED, arrays);
  return tx.query<AppConversation>(LOCK_ANY, arrays);
}

/** Counters, last message, window and answers of conversations that the app's messages went into. */
export async function growFromApp(tx: SystemTx, growth: readonly AppGrowth[]): Promise<void> {
  if (growth.length === 0) return;
  await tx.query(
    GROW,
    columns(
      growth,
      (g) => g.tenantId, (g) => g.conversationId, (g) => g.contactId, (g) => g.count, (g) => g.lastMessage, (g) => g.lastAt, (g) => g.firstInboundAt,
      (g) => g.lastInboundAt, (g) => g.firstAnswerAt, (g) => g.lastAnswerAt, (g) => g.opened,
    ),
  );
}

/** Publishes what the staff wrote. */
export async function tellEchoes(tx: SystemTx, messages: readonly { tenantId: TenantId; id: string }[]): Promise<void> {
  if (messages.length > 0) await tx.query(TELL_ECHOES, columns(messages, (m) => m.tenantId, (m) => m.id));
}

/** Publishes that messages of earlier times were stored. */
export async function tellHistory(tx: SystemTx, messages: readonly { tenantId: TenantId; numberId: string; id: string }[]): Promise<void> {
  if (messages.length > 0) await tx.query(TELL_HISTORY, columns(messages, (m) => m.tenantId, (m) => m.numberId, (m) => m.id));
}
