import type { MediaState } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** Meta keeps an upload for 30 days; ours counts for less, so that none runs out on its way. */
const UPLOAD_DAYS = 28;
/** One that ends within this time is made anew. */
const LEAST_LEFT = "interval '1 day'";

/** What was uploaded within this time Meta still has: if it is refused, that is not why. */
const FRESH_MINUTES = 5;

/** Media of one tenant, for one of its numbers. */
export interface NumberMedia {
  tenantId: string;
  numberId: string;
}

/** A media as the sender needs it. */
export interface SendableMedia {
  id: string;
  state: MediaState;
  mimeType: string | null;
  bytes: number | null;
  fileName: string | null;
  storageKey: string | null;
  /** Meta's id of it for the number; null where it has to be uploaded. */
  graphId: string | null;
}

const FIND: Statement = {
  name: 'media-uploads.find',
  text: `
    SELECT m.id, m.state, m.mime_type AS "mimeType", m.bytes::float8 AS bytes, m.file_name AS "fileName", m.storage_key AS "storageKey",
           u.graph_media_id AS "graphId"
      FROM unnest($3::uuid[]) AS i (id)
      JOIN media m ON m.tenant_id = $1 AND m.id = i.id
      LEFT JOIN media_uploads u ON u.tenant_id = m.tenant_id AND u.media_id = m.id AND u.phone_number_id = $2
                               AND u.expires_at > now() + ${LEAST_LEFT}`,
};

const SAVE: Statement = {
  name: 'media-uploads.save',
  text: `
    INSERT INTO media_uploads (tenant_id, media_id, phone_number_id, graph_media_id, expires_at)
    VALUES ($1, $3, $2, $4, now() + interval '${UPLOAD_DAYS} days')
    ON CONFLICT (tenant_id, media_id, phone_number_id)
      DO UPDATE SET graph_media_id = excluded.graph_media_id, expires_at = excluded.expires_at, created_at = now()`,
};

const EXPIRE: Statement = {
  name: 'media-uploads.expire',
  text: `
    UPDATE media_uploads SET expires_at = least(expires_at, now())
     WHERE tenant_id = $1 AND media_id = ANY ($3::uuid[]) AND phone_number_id = $2 AND created_at < now() - interval '${FRESH_MINUTES} minutes'
    RETURNING media_id`,
};

/** The media of these ids that the tenant has, each with Meta's id of it where one is good for a while. */
export function findSendable(db: SystemDb, { tenantId, numberId }: NumberMedia, mediaIds: readonly string[]): Promise<SendableMedia[]> {
  return db.query<SendableMedia>(FIND, [tenantId, numberId, mediaIds]);
}

/** Remembers Meta's id of a media that was just uploaded for the number. */
export async function saveUpload(db: SystemDb, { tenantId, numberId }: NumberMedia, mediaId: string, graphId: string): Promise<void> {
  await db.query(SAVE, [tenantId, numberId, mediaId, graphId]);
}

/** Meta may no longer know these: the next send uploads them anew. False where all of them are fresh, so that it must know them. */
export async function expireUploads(db: SystemDb, { tenantId, numberId }: NumberMedia, mediaIds: readonly string[]): Promise<boolean> {
  return (await db.query(EXPIRE, [tenantId, numberId, mediaIds])).length > 0;
}
