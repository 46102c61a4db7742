import { columns } from '../columns.js';
import { noteTextChanges } from '../search/message-texts.repository.js';
import type { Statement, SystemTx } from '../system-db.js';
import { announceMedia, mediaOf } from './announce-media.js';
import type { AppMessage } from './app-messages.repository.js';
import type { InboundMedia, StoredMessage } from './inbound-messages.repository.js';

/** What a message is whose file was announced without saying which. */
export type FilledPlaceholder = Pick<AppMessage, 'tenantId' | 'numberId' | 'wamid' | 'kind' | 'content' | 'displayContent' | 'at'> & { media: InboundMedia };

// The placeholder of a file says nothing that the file does not say better.
const FILL: Statement = {
  name: 'inbound.fill-placeholders',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::json[], $6::text[], $7::timestamptz[], $8::text[], $9::text[],
                           $10::text[], $11::bytea[], $12::text[])
               AS i (tenant_id, number_id, wamid, kind, content, display_content, at, graph_media_id, media_kind, mime_type, sha256, file_name)
    ), waiting AS MATERIALIZED (
      SELECT i.*, m.id, m.conversation_id, m.created_at, m.display_content AS before
        FROM input i
        JOIN messages m ON m.phone_number_id = i.number_id AND m.wamid = i.wamid AND m.tenant_id = i.tenant_id
       WHERE m.kind = 'unsupported' AND strpos(m.content::text, '"media_placeholder"') > 0
       ORDER BY m.tenant_id, m.id
         FOR UPDATE OF m
    ), ${announceMedia('waiting', 'now()')}, filled AS (
      UPDATE messages m
         SET kind = w.kind, content = w.content, display_content = CASE WHEN m.revoked_at IS NULL THEN w.display_content ELSE m.display_content END,
             media_ids = ${mediaOf('w')}, updated_at = now()
        FROM waiting w
       WHERE m.tenant_id = w.tenant_id AND m.id = w.id
      RETURNING m.tenant_id, m.id, m.wamid, m.phone_number_id, m.display_content, w.conversation_id, w.created_at, w.before
    ), relined AS (
      UPDATE conversations c SET last_message = f.display_content
        FROM filled f
       WHERE c.tenant_id = f.tenant_id AND c.id = f.conversation_id AND c.last_message_at = f.created_at AND c.last_message = f.before
    )
    SELECT id, wamid, phone_number_id AS "numberId" FROM filled ORDER BY id`,
};

/** Puts files in the place of their placeholders. Answers the messages that had one. */
export async function fillPlaceholders(tx: SystemTx, files: readonly FilledPlaceholder[]): Promise<StoredMessage[]> {
  if (files.length === 0) return [];
  const filled = await tx.query<StoredMessage>(
    FILL,
    columns(
      files,
      (f) => f.tenantId, (f) => f.numberId, (f) => f.wamid, (f) => f.kind, (f) => f.content, (f) => f.displayContent, (f) => f.at,
      (f) => f.media.graphMediaId, (f) => f.media.kind, (f) => f.media.mimeType, (f) => f.media.sha256, (f) => f.media.fileName,
    ),
  );
  const tenantOf = new Map(files.map(({ numberId, tenantId }) => [numberId, tenantId]));
  await noteTextChanges(tx, filled.map(({ id, numberId }) => ({ id, tenantId: tenantOf.get(numberId)! })));
  return filled;
}
