import type { MediaKind, TenantId } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** A content that a tenant uploaded and that lies in the storage. */
export interface UploadedMedia {
  tenantId: TenantId;
  kind: MediaKind;
  mimeType: string;
  bytes: number;
  sha256: Buffer;
  fileName: string | null;
  storageKey: string;
}

// The same content of two uploads at once meets at the unique index: the second one gets the row of the first.
const KEEP: Statement = {
  name: 'media.keep',
  text: `
    INSERT INTO media AS m (tenant_id, direction, kind, state, mime_type, bytes, sha256, file_name, storage_key)
    VALUES ($1, 'OUTBOUND', $2, 'STORED', $3, $4, $5, $6, $7)
    ON CONFLICT (tenant_id, sha256, kind) WHERE direction = 'OUTBOUND' AND state = 'STORED' DO UPDATE SET updated_at = now()
    RETURNING m.id, m.storage_key = $7 AS "isNew"`,
};

const FORGET: Statement = {
  name: 'media.forget',
  text: `
    WITH held AS MATERIALIZED (
      SELECT id, storage_key FROM media WHERE tenant_id = $1 AND id = $2 FOR UPDATE
    ), forgotten AS (
      UPDATE media m SET state = 'FAILED', reason = 'media.deleted', storage_key = NULL, next_at = NULL, file_name = NULL, updated_at = now()
        FROM held h
       WHERE m.tenant_id = $1 AND m.id = h.id AND m.reason IS DISTINCT FROM 'media.deleted'
      RETURNING m.id
    )
    SELECT h.storage_key AS "storageKey" FROM held h JOIN forgotten f ON f.id = h.id`,
};

/** Keeps what was uploaded. Not `isNew`: the tenant had the content already, under another key of the storage. */
export async function keepUploaded(db: SystemDb, media: UploadedMedia): Promise<{ id: string; isNew: boolean }> {
  const { tenantId, kind, mimeType, bytes, sha256, fileName, storageKey } = media;
  const values = [tenantId, kind, mimeType, bytes, sha256, fileName, storageKey];
  return (await db.query<{ id: string; isNew: boolean }>(KEEP, values))[0]!;
}

/**
 * Marks a media as deleted; nobody finds its content from now on. Answers the key of what then lies there for nothing (null
 * where nothing lay there), or undefined for a media that is unknown or was deleted before.
 */
export async function forgetMedia(db: SystemDb, tenantId: TenantId, id: string): Promise<string | null | undefined> {
  return (await db.query<{ storageKey: string | null }>(FORGET, [tenantId, id]))[0]?.storageKey;
}
