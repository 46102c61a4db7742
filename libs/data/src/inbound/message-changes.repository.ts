import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import { announceMedia, mediaOf } from './announce-media.js';
import type { InboundMedia } from './inbound-messages.repository.js';

/** How a change names its message. */
export interface ChangeKey {
  tenantId: TenantId;
  numberId: string;
  wamid: string;
  /** Whose message it is: nobody changes another one's. */
  direction: 'INBOUND' | 'OUTBOUND';
}

/** A change that a message has gone through already. */
export interface KnownChange {
  type: 'edited' | 'revoked';
  wamid: string;
  at: Date;
}

/** A message as its changes find it, locked. ords: the places of the keys that named it. */
export interface ChangeTarget {
  tenantId: TenantId;
  id: string;
  numberId: string;
  ords: number[];
  kind: string;
  /** JSON text. */
  content: string;
  editedAt: Date | null;
  revokedAt: Date | null;
  known: KnownChange[];
}

/** What became of a message. Content and kind are null where they stay. */
export interface ChangedMessage {
  tenantId: TenantId;
  id: string;
  numberId: string;
  kind: string;
  content: string;
  displayContent: string;
  editedAt: Date | null;
  revokedAt: Date | null;
  /** The file of the new content; null: it has none, or the same as before. */
  media: InboundMedia | null;
  /** Meta's time of the last change; orders nothing. */
  at: Date;
}

/** A step of a message's timeline: what was said before a change, or what was said in between. */
export interface ChangeStep {
  tenantId: TenantId;
  messageId: string;
  type: KnownChange['type'];
  /** JSON text. */
  detail: string;
  event: string;
}

// In the order of the ids, as statuses lock them. A step's detail holds texts only, so that members can be read out of it.
const LOCK: Statement = {
  name: 'changes.lock-targets',
  text: `
    WITH named AS MATERIALIZED (
      SELECT m.tenant_id, m.id, array_agg(i.ord::int - 1 ORDER BY i.ord) AS ords
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS i (tenant_id, number_id, wamid, direction, ord)
        JOIN messages m ON m.phone_number_id = i.number_id AND m.wamid = i.wamid AND m.tenant_id = i.tenant_id AND m.direction = i.direction
       GROUP BY m.tenant_id, m.id
    )
    SELECT m.tenant_id AS "tenantId", m.id, m.phone_number_id AS "numberId", n.ords, m.kind, m.content::text AS content, m.edited_at AS "editedAt",
           m.revoked_at AS "revokedAt",
           ARRAY(SELECT json_build_object('type', e.type, 'wamid', e.detail ->> 'wamid', 'at', e.detail ->> 'at')
                   FROM message_events e
                  WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id AND e.type IN ('edited', 'revoked')) AS known
      FROM named n
      JOIN messages m ON m.tenant_id = n.tenant_id AND m.id = n.id
     ORDER BY m.tenant_id, m.id
       FOR UPDATE OF m`,
};

// A conversation whose last message this is shows what it says now.
const CHANGE: Statement = {
  name: 'changes.apply',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, m.conversation_id, m.created_at, m.display_content AS before
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::json[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[],
                    $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[])
               AS i (tenant_id, id, number_id, kind, content, display_content, edited_at, revoked_at, at, graph_media_id, media_kind, mime_type, sha256,
                     file_name)
        JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.id
    ), ${announceMedia('input', 'now()')}, changed AS (
      UPDATE messages m
         SET kind = i.kind, content = i.content, display_content = i.display_content, edited_at = i.edited_at, revoked_at = i.revoked_at,
             media_ids = coalesce(${mediaOf('i')}, m.media_ids),
             updated_at = now()
        FROM input i WHERE m.tenant_id = i.tenant_id AND m.id = i.id
    )
    UPDATE conversations c SET last_message = i.display_content, updated_at = now()
      FROM input i
     WHERE c.tenant_id = i.tenant_id AND c.id = i.conversation_id AND c.last_message_at = i.created_at AND c.last_message = i.before`,
};

const TELL: Statement = {
  name: 'changes.tell',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, m.conversation_id, m.contact_id, m.phone_number_id, m.wamid
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[], $5::text[]) AS i (tenant_id, message_id, type, detail, event)
        JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail) SELECT tenant_id, message_id, type, detail FROM input
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT tenant_id, event, 'message', message_id,
           json_build_object('messageId', message_id, 'conversationId', conversation_id, 'contactId', contact_id, 'numberId', phone_number_id, 'wamid', wamid)
      FROM input`,
};

/** The messages that these keys name, each once and locked. */
export async function lockChangeTargets(tx: SystemTx, keys: readonly ChangeKey[]): Promise<ChangeTarget[]> {
  const rows = await tx.query<Omit<ChangeTarget, 'known'> & { known: (Omit<KnownChange, 'at'> & { at: string })[] }>(
    LOCK,
    columns(keys, (k) => k.tenantId, (k) => k.numberId, (k) => k.wamid, (k) => k.direction),
  );
  return rows.map((row) => ({ ...row, known: row.known.map((one) => ({ ...one, at: new Date(one.at) })) }));
}

/** Sets messages to what their changes made of them. The rows must be locked by lockChangeTargets. */
export async function applyChanges(tx: SystemTx, changes: readonly ChangedMessage[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    CHANGE,
    columns(
      changes,
      (c) => c.tenantId, (c) => c.id, (c) => c.numberId, (c) => c.kind, (c) => c.content, (c) => c.displayContent, (c) => c.editedAt, (c) => c.revokedAt,
      (c) => c.at, (c) => c.media?.graphMediaId ?? null, (c) => c.media?.kind ?? null, (c) => c.media?.mimeType ?? null, (c) => c.media?.sha256 ?? null,
      (c) => c.media?.fileName ?? null,
    ),
  );
}

/** Writes timeline and events of changes. */
export async function tellChanges(tx: SystemTx, steps: readonly ChangeStep[]): Promise<void> {
  if (steps.length > 0) await tx.query(TELL, columns(steps, (s) => s.tenantId, (s) => s.messageId, (s) => s.type, (s) => s.detail, (s) => s.event));
}
