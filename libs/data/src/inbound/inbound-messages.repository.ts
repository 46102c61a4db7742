import type { ConversationState, MediaKind, ServiceState, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import { ownName, shownName } from '../contacts/contact-names.repository.js';
import { SERVICE_COLUMNS, SERVICE_FIELDS, SERVICE_STATE, serviceParameters, SET_SERVICE_STATE } from '../conversations/service-state.js';
import type { Statement, SystemTx } from '../system-db.js';
import { announceMedia, mediaOf } from './announce-media.js';

export interface RoutedNumber {
  graphId: string;
  id: string;
  tenantId: TenantId;
  /** Whether the tenant's module is on: if not, what comes for it waits in the ledger. */
  enabled: boolean;
}

export interface Pair {
  tenantId: TenantId;
  numberId: string;
  contactId: string;
}

export interface CurrentConversation extends Pair, ServiceState {
  id: string;
  state: ConversationState;
  assignedTo: string | null;
  /** Whom a resolved one goes back to: its agent, where he still works here. */
  reopensFor: string | null;
  /** True when this transaction made it. */
  opened: boolean;
  /** The database's clock. */
  now: Date;
}

/** What a customer's message says of the file that comes with it; the file itself is fetched later. */
export interface InboundMedia {
  graphMediaId: string;
  kind: MediaKind;
  mimeType: string | null;
  sha256: Buffer | null;
  fileName: string | null;
}

export interface InboundMessage extends Pair {
  conversationId: string;
  wamid: string;
  kind: string;
  content: string;
  displayContent: string;
  replyToWamid: string | null;
  /** Meta's time of the message. */
  at: Date;
  media: InboundMedia | null;
}

export interface StoredMessage {
  id: string;
  wamid: string;
  numberId: string;
}

/** What a set of new messages adds to one conversation. */
export interface ConversationGrowth {
  tenantId: TenantId;
  conversationId: string;
  contactId: string;
  /** The profile name that came with the newest message. */
  contactName: string | null;
  count: number;
  lastMessage: string;
  /** Meta's times of the first and the last of them. */
  firstAt: Date;
  lastAt: Date;
  /** The service level with these messages. */
  service: ServiceState;
  /** Where a resolved conversation goes back to; null: it was not resolved. */
  reopenedTo: Extract<ConversationState, 'OPEN' | 'ASSIGNED'> | null;
  /** Whose it is from then on. */
  reopensFor: string | null;
  /** True when this transaction made it. */
  opened: boolean;
}

const NUMBERS: Statement = {
  name: 'inbound.numbers',
  text: `
    SELECT n.graph_id AS "graphId", n.id, n.tenant_id AS "tenantId", (SELECT t.whatsapp_enabled FROM tenants t WHERE t.id = n.tenant_id) AS enabled
      FROM phone_numbers n WHERE n.graph_id = ANY ($1::text[])`,
};

const KNOWN: Statement = {
  name: 'inbound.known',
  text: `
    SELECT m.phone_number_id AS "numberId", m.wamid
      FROM unnest($1::uuid[], $2::text[]) AS i (number_id, wamid)
      JOIN messages m ON m.phone_number_id = i.number_id AND m.wamid = i.wamid`,
};

const OPEN: Statement = {
  name: 'inbound.open-conversations',
  text: `
    INSERT INTO conversations AS c (tenant_id, phone_number_id, contact_id)
    SELECT DISTINCT i.tenant_id, i.number_id, i.contact_id
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, number_id, contact_id)
      JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id
     ORDER BY 1, 2, 3
    ON CONFLICT (tenant_id, phone_number_id, contact_id) WHERE state <> 'ARCHIVED' DO NOTHING
    RETURNING c.id`,
};

const LOCK_CONVERSATIONS: Statement = {
  name: 'inbound.lock-conversations',
  text: `
    SELECT c.tenant_id AS "tenantId", c.phone_number_id AS "numberId", c.contact_id AS "contactId", c.id, c.state, c.id = ANY ($4::uuid[]) AS opened,
           c.assigned_to AS "assignedTo", now() AS now,
           (SELECT u.id FROM users u WHERE u.tenant_id = c.tenant_id AND u.id = c.assigned_to AND u.state = 'ACTIVE' LIMIT 1) AS "reopensFor",
           ${SERVICE_STATE}
      FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, number_id, contact_id)) i
      JOIN conversations c ON c.tenant_id = i.tenant_id AND c.phone_number_id = i.number_id AND c.contact_id = i.contact_id AND c.state <> 'ARCHIVED'
     ORDER BY c.tenant_id, c.phone_number_id, c.contact_id
       FOR UPDATE OF c`,
};

// The unique wamid decides: a message that another worker stored meanwhile is not stored again and counts nowhere.
const STORE: Statement = {
  name: 'inbound.store',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, uuid_v7(statement_timestamp(), ord::int) AS id
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::json[], $8::text[], $9::text[], $10::timestamptz[],
                    $11::text[], $12::text[], $13::text[], $14::bytea[], $15::text[])
               WITH ORDINALITY AS i (tenant_id, number_id, contact_id, conversation_id, wamid, kind, content, display_content, reply_to, at,
                                     graph_media_id, media_kind, mime_type, sha256, file_name, ord)
        JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id
    ), ${announceMedia('input', 'at')}, stored AS (
      INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, display_content,
                            reply_to_wamid, state, wamid, created_at, media_ids)
      SELECT i.tenant_id, i.id, i.number_id, i.contact_id, i.conversation_id, 'INBOUND', 'customer', i.kind, i.content, i.display_content,
             i.reply_to, 'RECEIVED', i.wamid, i.at, ${mediaOf('i')}
        FROM input i
       ORDER BY i.number_id, i.wamid
      ON CONFLICT (phone_number_id, wamid) WHERE wamid IS NOT NULL DO NOTHING
      RETURNING tenant_id, id, phone_number_id, contact_id, conversation_id, wamid, kind
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type) SELECT tenant_id, id, 'received' FROM stored
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_received', 'message', id,
             json_build_object('messageId', id, 'conversationId', conversation_id, 'contactId', contact_id, 'numberId', phone_number_id,
                               'wamid', wamid, 'kind', kind)
        FROM stored
    )
    SELECT id, wamid, phone_number_id AS "numberId" FROM stored ORDER BY id`,
};

const GROW: Statement = {
  name: 'inbound.grow-conversations',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::uuid[], $8::boolean[], $9::uuid[],
                           $10::text[], $11::timestamptz[], ${serviceParameters(12)})
               AS i (tenant_id, id, count, last_message, last_at, reopened_to, reopens_for, opened, contact_id, contact_name, first_at, ${SERVICE_COLUMNS})
    ), grown AS (
      UPDATE conversations c
         SET message_count = c.message_count + i.count, unread_count = c.unread_count + i.count,
             last_message = CASE WHEN i.last_at >= c.last_message_at OR c.last_message IS NULL THEN i.last_message ELSE c.last_message END,
             -- Meta's times are whole seconds: the moment of opening would be later than the message that opened it.
             last_message_at = CASE WHEN c.last_message IS NULL THEN i.last_at ELSE greatest(c.last_message_at, i.last_at) END,
             first_inbound_at = least(c.first_inbound_at, i.first_at), last_inbound_at = greatest(c.last_inbound_at, i.last_at),
             state = coalesce(i.reopened_to, c.state), resolved_at = CASE WHEN i.reopened_to IS NULL THEN c.resolved_at END,
             assigned_to = CASE WHEN i.reopened_to IS NULL THEN c.assigned_to ELSE i.reopens_for END, idle_at = NULL, updated_at = now(),
             ${SET_SERVICE_STATE}
        FROM input i WHERE c.tenant_id = i.tenant_id AND c.id = i.id
      RETURNING c.tenant_id, c.id, i.opened, i.reopened_to, i.reopens_for, i.contact_id
    ), timeline AS (
      INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
      SELECT tenant_id, id, 'reopened', 'customer', json_build_object('state', reopened_to, 'assignee', reopens_for)
        FROM grown
       WHERE reopened_to IS NOT NULL
    ), met AS (
      UPDATE contacts k
         SET last_inbound_at = greatest(k.last_inbound_at, i.last_at), profile_name = coalesce(i.contact_name, ${ownName('k')}),
             name = ${shownName('k.given_name', 'k.book_name', `coalesce(i.contact_name, ${ownName('k')})`, 'k.username')}, updated_at = now()
        FROM (SELECT DISTINCT ON (tenant_id, contact_id) * FROM input ORDER BY tenant_id, contact_id, last_at DESC) i
       WHERE k.tenant_id = i.tenant_id AND k.id = i.contact_id
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT tenant_id, CASE WHEN opened THEN 'whatsapp.conversation_opened' ELSE 'whatsapp.conversation_reopened' END,
           'conversation', id, json_build_object('conversationId', id, 'contactId', contact_id)
      FROM grown
     WHERE opened OR reopened_to IS NOT NULL`,
};

/** The connected numbers among these ids of Meta's, and whose they are. */
export function routeNumbers(tx: SystemTx, graphIds: readonly string[]): Promise<RoutedNumber[]> {
  return tx.query<RoutedNumber>(NUMBERS, [graphIds]);
}

/** Which of these messages are stored already. */
export function readKnownWamids(tx: SystemTx, keys: readonly { numberId: string; wamid: string }[]): Promise<{ numberId: string; wamid: string }[]> {
  return tx.query<{ numberId: string; wamid: string }>(KNOWN, columns(keys, (k) => k.numberId, (k) => k.wamid));
}

/** The current conversation of each pair, opened where there is none, locked until the transaction ends. */
export async function ensureConversations(tx: SystemTx, pairs: readonly Pair[]): Promise<CurrentConversation[]> {
  const arrays = columns(pairs, (p) => p.tenantId, (p) => p.numberId, (p) => p.contactId);
  const opened = await tx.query<{ id: string }>(OPEN, arrays);
  return tx.query<CurrentConversation>(LOCK_CONVERSATIONS, [...arrays, opened.map((row) => row.id)]);
}

/** Stores new messages with timeline and event. A message that is known already is missing from the answer. */
export function storeInbound(tx: SystemTx, messages: readonly InboundMessage[]): Promise<StoredMessage[]> {
  return tx.query<StoredMessage>(
    STORE,
    columns(
      messages,
      (m) => m.tenantId, (m) => m.numberId, (m) => m.contactId, (m) => m.conversationId, (m) => m.wamid, (m) => m.kind, (m) => m.content,
      (m) => m.displayContent, (m) => m.replyToWamid, (m) => m.at, (m) => m.media?.graphMediaId ?? null, (m) => m.media?.kind ?? null,
      (m) => m.media?.mimeType ?? null, (m) => m.media?.sha256 ?? null, (m) => m.media?.fileName ?? null,
    ),
  );
}

/** Counters, last message, window, service level, reopening, and what is known of the contact. */
export async function growConversations(tx: SystemTx, growth: readonly ConversationGrowth[]): Promise<void> {
  if (growth.length === 0) return;
  await tx.query(
    GROW,
    columns(
      growth,
      (g) => g.tenantId, (g) => g.conversationId, (g) => g.count, (g) => g.lastMessage, (g) => g.lastAt, (g) => g.reopenedTo, (g) => g.reopensFor,
      (g) => g.opened, (g) => g.contactId, (g) => g.contactName, (g) => g.firstAt, ...SERVICE_FIELDS.map((field) => (g: ConversationGrowth) => field(g.service)),
    ),
  );
}
