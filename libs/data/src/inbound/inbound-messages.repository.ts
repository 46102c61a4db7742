import type { MediaKind, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

export interface RoutedNumber {
  graphId: string;
  id: string;
  tenantId: TenantId;
}

export interface Pair {
  tenantId: TenantId;
  numberId: string;
  contactId: string;
}

export interface CurrentConversation extends Pair {
  id: string;
  state: string;
  /** True when this transaction made it. */
  opened: boolean;
}

/** What a customer's message says of the file that comes with it; the file itself is fetched later. */
export interface InboundMedia {
  graphMediaId: string;
  kind: MediaKind;
  mimeType: string | null;
  sha256: Buffer | null;
  fileName: string | null;
}

/** Meta keeps the media of customers for 7 days. */
const MEDIA_KEPT = "interval '7 days'";

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
  lastAt: Date;
  reopened: boolean;
}

const NUMBERS: Statement = {
  name: 'inbound.numbers',
  text: `SELECT graph_id AS "graphId", id, tenant_id AS "tenantId" FROM phone_numbers WHERE graph_id = ANY ($1::text[])`,
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
    SELECT c.tenant_id AS "tenantId", c.phone_number_id AS "numberId", c.contact_id AS "contactId", c.id, c.state, c.id = ANY ($4::uuid[]) AS opened
      FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (tenant_id, number_id, contact_id)) i
      JOIN conversations c ON c.tenant_id = i.tenant_id AND c.phone_number_id = i.number_id AND c.contact_id = i.contact_id AND c.state <> 'ARCHIVED'
     ORDER BY c.tenant_id, c.phone_number_id, c.contact_id
       FOR UPDATE OF c`,
};

// The unique wamid decides: a message that another worker stored meanwhile is not stored again and counts nowhere. Its media
// is one row however many messages name it, by Meta's id of it.
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
    ), announced AS (
      INSERT INTO media AS m (tenant_id, direction, kind, state, phone_number_id, graph_media_id, fetch_until, next_at, mime_type, sha256, file_name)
      SELECT DISTINCT ON (number_id, graph_media_id)
             tenant_id, 'INBOUND', media_kind, 'PENDING', number_id, graph_media_id, at + ${MEDIA_KEPT}, now(), mime_type, sha256, file_name
        FROM input WHERE graph_media_id IS NOT NULL ORDER BY number_id, graph_media_id, at
      ON CONFLICT (phone_number_id, graph_media_id) WHERE direction = 'INBOUND' DO UPDATE SET updated_at = m.updated_at
      RETURNING m.id, m.phone_number_id, m.graph_media_id
    ), stored AS (
      INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, conversation_id, direction, sender, kind, content, display_content,
                            reply_to_wamid, state, wamid, created_at, media_ids)
      SELECT i.tenant_id, i.id, i.number_id, i.contact_id, i.conversation_id, 'INBOUND', 'customer', i.kind, i.content, i.display_content,
             i.reply_to, 'RECEIVED', i.wamid, i.at, CASE WHEN a.id IS NOT NULL THEN ARRAY[a.id] END
        FROM input i
        LEFT JOIN announced a ON a.phone_number_id = i.number_id AND a.graph_media_id = i.graph_media_id
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
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::boolean[], $7::boolean[], $8::uuid[], $9::text[])
               AS i (tenant_id, id, count, last_message, last_at, reopened, opened, contact_id, contact_name)
    ), grown AS (
      UPDATE conversations c
         SET message_count = c.message_count + i.count, unread_count = c.unread_count + i.count,
             last_message = CASE WHEN i.last_at >= c.last_message_at OR c.last_message IS NULL THEN i.last_message ELSE c.last_message END,
             -- Meta's times are whole seconds: the moment of opening would be later than the message that opened it.
             last_message_at = CASE WHEN c.last_message IS NULL THEN i.last_at ELSE greatest(c.last_message_at, i.last_at) END,
             first_inbound_at = least(c.first_inbound_at, i.last_at), last_inbound_at = greatest(c.last_inbound_at, i.last_at),
             state = CASE WHEN i.reopened THEN 'OPEN' ELSE c.state END, updated_at = now()
        FROM input i WHERE c.tenant_id = i.tenant_id AND c.id = i.id
      RETURNING c.tenant_id, c.id
    ), met AS (
      UPDATE contacts k
         SET last_inbound_at = greatest(k.last_inbound_at, i.last_at), name = coalesce(i.contact_name, k.name), updated_at = now()
        FROM (SELECT DISTINCT ON (tenant_id, contact_id) * FROM input ORDER BY tenant_id, contact_id, last_at DESC) i
       WHERE k.tenant_id = i.tenant_id AND k.id = i.contact_id
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT i.tenant_id, CASE WHEN i.opened THEN 'whatsapp.conversation_opened' ELSE 'whatsapp.conversation_reopened' END,
           'conversation', i.id, json_build_object('conversationId', i.id, 'contactId', i.contact_id)
      FROM input i JOIN grown g ON g.tenant_id = i.tenant_id AND g.id = i.id
     WHERE i.opened OR i.reopened`,
};

// The customer's own message grants "service" and is its proof, unless the customer has said no to it.
const SERVICE_STRANGERS: Statement = {
  name: 'inbound.without-service-consent',
  text: `
    SELECT DISTINCT i.tenant_id AS "tenantId", i.contact_id AS "contactId"
      FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, contact_id)
     WHERE NOT EXISTS (SELECT FROM consents c WHERE c.tenant_id = i.tenant_id AND c.contact_id = i.contact_id AND c.purpose = 'service')`,
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

/** Counters, last message, window, reopening, and what is known of the contact. */
export async function growConversations(tx: SystemTx, growth: readonly (ConversationGrowth & { opened: boolean })[]): Promise<void> {
  if (growth.length === 0) return;
  await tx.query(
    GROW,
    columns(
      growth,
      (g) => g.tenantId, (g) => g.conversationId, (g) => g.count, (g) => g.lastMessage, (g) => g.lastAt, (g) => g.reopened, (g) => g.opened,
      (g) => g.contactId, (g) => g.contactName,
    ),
  );
}

/** The contacts among these that have neither granted nor refused "service". */
export function withoutServiceConsent(tx: SystemTx, contacts: readonly { tenantId: TenantId; contactId: string }[]): Promise<{ tenantId: TenantId; contactId: string }[]> {
  return tx.query<{ tenantId: TenantId; contactId: string }>(SERVICE_STRANGERS, columns(contacts, (c) => c.tenantId, (c) => c.contactId));
}
