import { SENDABLE_NUMBER_STATE, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import { agreement } from '../consents/agreement.js';
import type { Statement, SystemQueries } from '../system-db.js';

/**
 * Whose keys: each way in keeps its own apart. `consent` is the confirmation of a STOP, which is accepted against the refusal
 * that it confirms; no caller from outside can name it.
 */
export type KeySource = 'api' | 'automation' | 'campaign' | 'broker' | 'notification' | 'consent';

/** What acceptance has to look up for one draft. tenantId comes from the authenticated context. */
export interface FactsQuery {
  tenantId: TenantId;
  numberId: string;
  /** E.164; null where the recipient is given by contactId, or is none. */
  recipient: string | null;
  contactId: string | null;
  /** The media that the draft names: ids in the form of a uuid. */
  mediaIds: readonly string[];
  templateName: string | null;
  templateLanguage: string | null;
  source: KeySource;
  key: string | null;
}

export interface FactsRow {
  moduleEnabled: boolean;
  numberId: string | null;
  accountId: string | null;
  numberStatus: string | null;
  contactId: string | null;
  /** Where a contact that was asked for by its id is reached; null for a contact without any identity. */
  contactAddresses: { phone?: string; wa_id?: string; bsuid?: string } | null;
  /** The tenant's own among the media that were asked for. */
  media: { id: string; kind: string; state: string; mimeType: string | null }[] | null;
  /** What stands for every number and for this one; the time in milliseconds. */
  consents: { purpose: string; status: string; decidedAt: number }[] | null;
  windowOpenUntil: Date | null;
  /** The customer's last message to the number. */
  lastInboundAt: Date | null;
  templateId: string | null;
  templateVersion: string | null;
  keyTaken: boolean;
  now: Date;
}

/** A definition as acceptance needs it; it changes only when `version` changes. */
export interface TemplateRow {
  id: string;
  version: string;
  name: string;
  language: string;
  category: string;
  status: string;
  parameterFormat: string;
  components: unknown;
}

/** A message that passed every check and may be written. */
export interface NewMessage {
  tenantId: TenantId;
  numberId: string;
  /** Null: whoever has the recipient's number. */
  contactId: string | null;
  sender: string;
  kind: string;
  /** As the tenant sees it, JSON text. */
  content: string;
  /** As Meta gets it, JSON text. */
  payload: string;
  displayContent: string;
  recipient: string;
  lane: number;
  /** The lane while the customer's window is open. */
  laneInWindow: number;
  purpose: string;
  templateId: string | null;
  /** The version by which it was judged. */
  templateVersion: string | null;
  replyToWamid: string | null;
  mediaIds: readonly string[];
  maxAttempts: number;
  /** When it is to leave; null: at once. */
  sendAt: Date | null;
  /** From then on. */
  validSeconds: number;
  customerId: string | null;
  orderId: string | null;
  quoteId: string | null;
  userId: string | null;
  source: KeySource;
  key: string | null;
  requestHash: Buffer;
  /** Place in the order of arrival within the set. */
  arrival: number;
}

/** The part of a message that never changes after acceptance: what the 202 tells, now and on a replay. */
export interface AcceptedRow {
  tenantId: TenantId;
  id: string;
  phoneNumberId: string;
  contactId: string;
  recipient: string;
  kind: string;
  displayContent: string;
  customerId: string | null;
  orderId: string | null;
  quoteId: string | null;
  userId: string | null;
  /** When it is to leave; null: at once. */
  sendAt: Date | null;
  validUntil: Date;
  createdAt: Date;
}

/** What was written, and how late its number is. */
export interface InsertedRow extends AcceptedRow {
  arrival: number;
  lateMs: number;
}

export interface KeptAnswer extends AcceptedRow {
  source: KeySource;
  key: string;
  requestHash: Buffer;
}

const ACCEPTED_COLUMNS = `m.tenant_id AS "tenantId", m.id, m.phone_number_id AS "phoneNumberId", m.contact_id AS "contactId", m.recipient, m.kind,
  m.display_content AS "displayContent", m.customer_id AS "customerId", m.order_id AS "orderId", m.quote_id AS "quoteId",
  m.user_id AS "userId", m.send_at AS "sendAt", m.valid_until AS "validUntil", m.created_at AS "createdAt"`;

const FACTS: Statement = {
  name: 'acceptance.facts',
  text: `
    SELECT coalesce(t.whatsapp_enabled AND t.state = 'ACTIVE', false) AS "moduleEnabled",
           n.id AS "numberId", n.account_id AS "accountId", n.status AS "numberStatus",
           coalesce(ci.contact_id, co.id) AS "contactId",
           -- Of several of a kind the latest is read: an older number may have gone to somebody else.
           CASE WHEN co.id IS NOT NULL THEN
             (SELECT json_object_agg(x.kind, x.value ORDER BY x.created_at)
                FROM contact_identities x WHERE x.tenant_id = i.tenant_id AND x.contact_id = co.id) END AS "contactAddresses",
           CASE WHEN i.media_ids IS NOT NULL THEN
             (SELECT json_agg(json_build_object('id', md.id, 'kind', md.kind, 'state', md.state, 'mimeType', md.mime_type))
                FROM media md WHERE md.tenant_id = i.tenant_id AND md.id = ANY (string_to_array(i.media_ids, ',')::uuid[])) END AS media,
           (SELECT json_agg(json_build_object('purpose', c.purpose, 'status', c.status,
                                              'decidedAt', extract(epoch FROM coalesce(c.decided_at, c.updated_at)) * 1000))
              FROM consents c WHERE c.tenant_id = i.tenant_id AND c.contact_id = coalesce(ci.contact_id, co.id)
                                AND (c.phone_number_id IS NULL OR c.phone_number_id = i.number_id)) AS consents,
           cv.last_inbound_at + interval '24 hours' AS "windowOpenUntil", cv.last_inbound_at AS "lastInboundAt",
           tpl.id AS "templateId", tpl.xmin::text AS "templateVersion",
           k.key IS NOT NULL AS "keyTaken",
           now() AS now
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[])
             WITH ORDINALITY AS i (tenant_id, number_id, recipient, template_name, template_language, source, key, contact_id, media_ids, ord)
      LEFT JOIN tenants t ON t.id = i.tenant_id
      LEFT JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id
      LEFT JOIN contact_identities ci ON ci.tenant_id = i.tenant_id AND ci.kind = 'phone' AND ci.value = i.recipient
      -- The id of a contact that was joined to another one leads to that one.
      LEFT JOIN LATERAL (SELECT coalesce(c.merged_into, c.id) AS id FROM contacts c WHERE c.tenant_id = i.tenant_id AND c.id = i.contact_id) co ON true
      LEFT JOIN conversations cv ON cv.tenant_id = i.tenant_id AND cv.phone_number_id = n.id
                                AND cv.contact_id = coalesce(ci.contact_id, co.id) AND cv.state <> 'ARCHIVED'
      LEFT JOIN templates tpl ON tpl.tenant_id = i.tenant_id AND tpl.account_id = n.account_id
                             AND tpl.name = i.template_name AND tpl.language = i.template_language
      LEFT JOIN idempotency_keys k ON k.tenant_id = i.tenant_id AND k.source = i.source AND k.key = i.key
     ORDER BY i.ord`,
};

const TEMPLATES: Statement = {
  name: 'acceptance.templates',
  text: `
    SELECT t.id, t.xmin::text AS version, t.name, t.language, t.category, t.status, t.parameter_format AS "parameterFormat", t.components
      FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)
      JOIN templates t ON t.tenant_id = i.tenant_id AND t.id = i.id`,
};

const AGREED = agreement({ tenantId: 'i.tenant_id', contactId: 'who.contact_id', purpose: 'i.purpose', numberId: 'i.number_id', wroteAt: 'cv.last_inbound_at' });

// What acceptance knows or presumes of a message is proved in the statement that writes it: a row for which it does not
// hold (any more) is not written. Key and message are one statement too: who loses the key writes no message. What was
// written finds its place by a map: to join a set to itself row by row costs the square of its rows.
const INSERT: Statement = {
  name: 'acceptance.insert',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.tenant_id, i.number_id, i.sender, i.kind, i.content, i.payload, i.display_content, i.recipient, i.purpose, i.template_id,
             i.reply_to_wamid, i.media_ids, i.max_attempts, i.valid_seconds, i.customer_id, i.order_id, i.quote_id, i.user_id, i.source, i.key,
             i.request_hash, i.arrival, i.send_at, n.late_ms, who.contact_id, uuid_v7(statement_timestamp(), i.arrival) AS id,
             CASE WHEN cv.last_inbound_at > now() - interval '24 hours' THEN i.lane_in_window ELSE i.lane END AS lane
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::json[], $7::text[], $8::text[], $9::smallint[],
                    $10::text[], $11::uuid[], $12::text[], $13::smallint[], $14::int[], $15::text[], $16::text[], $17::text[],
                    $18::text[], $19::text[], $20::text[], $21::bytea[], $22::int[], $23::json[], $24::text[], $25::smallint[], $26::text[],
                    $27::timestamptz[])
               AS i (tenant_id, number_id, contact_id, sender, kind, content, display_content, recipient, lane, purpose, template_id,
                     reply_to_wamid, max_attempts, valid_seconds, customer_id, order_id, quote_id, user_id, source, key,
                     request_hash, arrival, payload, media_ids, lane_in_window, template_version, send_at)
        JOIN tenants tn ON tn.id = i.tenant_id AND tn.whatsapp_enabled AND tn.state = 'ACTIVE'
        JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id AND n.status = '${SENDABLE_NUMBER_STATE}'
        LEFT JOIN contact_identities ci ON i.contact_id IS NULL AND ci.tenant_id = i.tenant_id AND ci.kind = 'phone' AND ci.value = i.recipient
        LEFT JOIN contacts co ON co.tenant_id = i.tenant_id AND co.id = i.contact_id
       CROSS JOIN LATERAL (SELECT coalesce(ci.contact_id, co.id) AS contact_id) who
        LEFT JOIN templates t ON t.tenant_id = i.tenant_id AND t.id = i.template_id
        LEFT JOIN conversations cv ON cv.tenant_id = i.tenant_id AND cv.phone_number_id = i.number_id AND cv.contact_id = who.contact_id
                                  AND cv.state <> 'ARCHIVED'
       WHERE who.contact_id IS NOT NULL
         AND CASE WHEN i.template_id IS NULL THEN cv.last_inbound_at > now() - interval '24 hours' ELSE t.xmin::text = i.template_version END
         AND ((i.source = 'consent' AND i.template_id IS NULL) OR coalesce(${AGREED}, i.template_id IS NULL))
    ), keys AS (
      INSERT INTO idempotency_keys (tenant_id, source, key, request_hash, message_id)
      SELECT tenant_id, source, key, request_hash, id FROM input WHERE key IS NOT NULL
      ON CONFLICT DO NOTHING
      RETURNING message_id
    ), written AS (
      INSERT INTO messages AS m (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, recipient,
        lane, purpose, template_id, reply_to_wamid, state, max_attempts, customer_id, order_id, quote_id, user_id, valid_until, created_at,
        media_ids, send_at, wait_cause, wait_until)
      SELECT tenant_id, id, number_id, contact_id, 'OUTBOUND', sender, kind, content, payload, display_content, recipient,
             lane, purpose, template_id, reply_to_wamid, CASE WHEN send_at IS NULL THEN 'QUEUED' ELSE 'WAITING' END, max_attempts, customer_id, order_id, quote_id, user_id,
             coalesce(send_at, statement_timestamp()) + make_interval(secs => valid_seconds), statement_timestamp(), string_to_array(media_ids, ',')::uuid[],
             send_at, CASE WHEN send_at IS NOT NULL THEN 'schedule' END, send_at
        FROM input
       WHERE key IS NULL OR id IN (SELECT message_id FROM keys)
      RETURNING ${ACCEPTED_COLUMNS}
    ), published AS (
      INSERT INTO events (tenant_id, id, type, resource_type, resource_id, data)
      SELECT w."tenantId", w.id, 'whatsapp.message_accepted', 'message', w.id,
             json_build_object('messageId', w.id, 'numberId', w."phoneNumberId", 'contactId', w."contactId", 'customerId', w."customerId",
                               'orderId', w."orderId", 'quoteId', w."quoteId", 'userId', w."userId")
        FROM written w
    ), places AS MATERIALIZED (
      SELECT jsonb_object_agg(id, jsonb_build_array(arrival, late_ms)) AS of_id FROM input
    )
    SELECT w.*, (i.place ->> 0)::int AS arrival, (i.place ->> 1)::int AS "lateMs"
      FROM written w CROSS JOIN LATERAL (SELECT (SELECT of_id FROM places) -> w.id::text AS place OFFSET 0) i`,
};

const KEPT_ANSWERS: Statement = {
  name: 'acceptance.kept-answers',
  text: `
    SELECT k.source, k.key, k.request_hash AS "requestHash", ${ACCEPTED_COLUMNS}
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS i (tenant_id, source, key)
      JOIN idempotency_keys k ON k.tenant_id = i.tenant_id AND k.source = i.source AND k.key = i.key
      JOIN messages m ON m.tenant_id = k.tenant_id AND m.id = k.message_id`,
};

/** The facts of each draft, by position. */
export function readFacts(db: SystemQueries, rows: readonly FactsQuery[]): Promise<FactsRow[]> {
  return db.query<FactsRow>(
    FACTS,
    columns(rows, (r) => r.tenantId, (r) => r.numberId, (r) => r.recipient, (r) => r.templateName, (r) => r.templateLanguage, (r) => r.source, (r) => r.key, (r) => r.contactId,
      (r) => listText(r.mediaIds)),
  );
}

/** A list within a column, which are lists themselves; null for none. */
function listText(ids: readonly string[]): string | null {
  return ids.length === 0 ? null : ids.join(',');
}

export function readTemplates(db: SystemQueries, rows: readonly { tenantId: TenantId; id: string }[]): Promise<TemplateRow[]> {
  return db.query<TemplateRow>(TEMPLATES, columns(rows, (r) => r.tenantId, (r) => r.id));
}

/**
 * Writes key, message and event of each row: its acceptance is the message's own row in the timeline. A row whose key was taken meanwhile, or of which no longer holds
 * what it was judged by (consent, window, template, number), is missing from the answer.
 */
export function insertMessages(db: SystemQueries, rows: readonly NewMessage[]): Promise<InsertedRow[]> {
  return db.query<InsertedRow>(
    INSERT,
    columns(
      rows,
      (r) => r.tenantId, (r) => r.numberId, (r) => r.contactId, (r) => r.sender, (r) => r.kind, (r) => r.content, (r) => r.displayContent,
      (r) => r.recipient, (r) => r.lane, (r) => r.purpose, (r) => r.templateId, (r) => r.replyToWamid, (r) => r.maxAttempts,
      (r) => r.validSeconds, (r) => r.customerId, (r) => r.orderId, (r) => r.quoteId, (r) => r.userId, (r) => r.source, (r) => r.key,
      (r) => r.requestHash, (r) => r.arrival, (r) => r.payload, (r) => listText(r.mediaIds), (r) => r.laneInWindow, (r) => r.templateVersion, (r) => r.sendAt,
    ),
  );
}

/** The messages that hold these keys. Call it in a statement of its own after a lost key, so that the winner is visible. */
export function readKeptAnswers(db: SystemQueries, rows: readonly { tenantId: TenantId; source: KeySource; key: string }[]): Promise<KeptAnswer[]> {
  return db.query<KeptAnswer>(KEPT_ANSWERS, columns(rows, (r) => r.tenantId, (r) => r.source, (r) => r.key));
}
