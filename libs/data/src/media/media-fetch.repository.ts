import type { MediaFailure, MediaKind } from '@parley/domain';
import type { Statement, SystemDb, SystemQueries } from '../system-db.js';

/** An inbound media that this process fetches for a while. The count of attempts is its fencing token. */
export interface ClaimedMedia {
  tenantId: string;
  id: string;
  kind: MediaKind;
  graphMediaId: string;
  /** Meta's id of the number that it came to. */
  graphNumberId: string;
  accountId: string;
  tokenVersion: number;
  /** Attempts, this one included. */
  attempts: number;
  /** As the webhook gave it; null where it gave none. */
  sha256: Buffer | null;
}

/** What was fetched. */
export interface FetchedMedia {
  mimeType: string;
  bytes: number;
  sha256: Buffer;
  storageKey: string;
}

/** What became of an attempt that brought nothing. */
export interface FetchSetback {
  state: 'PENDING' | 'FAILED';
  reason: MediaFailure | null;
  nextAt: Date | null;
}

const CLAIM: Statement = {
  name: 'media-fetch.claim',
  text: `
    WITH due AS MATERIALIZED (
      SELECT tenant_id, id FROM media
       WHERE state = 'PENDING' AND direction = 'INBOUND' AND next_at <= now()
       ORDER BY next_at LIMIT $1
         FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE media m SET attempts = m.attempts + 1, next_at = now() + make_interval(secs => $2), updated_at = now()
        FROM due d WHERE m.tenant_id = d.tenant_id AND m.id = d.id
      RETURNING m.tenant_id, m.id, m.kind, m.graph_media_id, m.phone_number_id, m.attempts, m.sha256
    )
    SELECT t.tenant_id AS "tenantId", t.id, t.kind, t.graph_media_id AS "graphMediaId", n.graph_id AS "graphNumberId",
           a.id AS "accountId", a.token_version AS "tokenVersion", t.attempts, t.sha256
      FROM taken t
      JOIN phone_numbers n ON n.tenant_id = t.tenant_id AND n.id = t.phone_number_id
      JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id`,
};

const STORE: Statement = {
  name: 'media-fetch.store',
  text: `
    WITH before AS MATERIALIZED (
      SELECT state, attempts FROM media WHERE tenant_id = $1 AND id = $2 FOR UPDATE
    ), stored AS (
      UPDATE media m SET state = 'STORED', mime_type = $4, bytes = $5, sha256 = $6, storage_key = $7, next_at = NULL, updated_at = now()
        FROM before b
       WHERE m.tenant_id = $1 AND m.id = $2 AND b.attempts = $3 AND b.state = 'PENDING'
      RETURNING m.id
    )
    SELECT EXISTS (SELECT FROM stored) AS stored, b.state = 'FAILED' AS over FROM before b`,
};

// The time of Meta's keeping is the database's to judge, like every due time.
const SET_BACK: Statement = {
  name: 'media-fetch.set-back',
  text: `
    WITH held AS MATERIALIZED (
      SELECT tenant_id, id, now() + make_interval(secs => $5 / 1000.0) AS next_at, fetch_until FROM media
       WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND state || '' = 'PENDING' FOR UPDATE
    ), judged AS (
      SELECT *, CASE WHEN $4::text IS NOT NULL THEN $4::text WHEN next_at > fetch_until THEN 'media.expired' END AS reason FROM held
    )
    UPDATE media m
       SET state = CASE WHEN j.reason IS NULL THEN 'PENDING' ELSE 'FAILED' END, reason = j.reason,
           next_at = CASE WHEN j.reason IS NULL THEN j.next_at END, updated_at = now()
      FROM judged j WHERE m.tenant_id = j.tenant_id AND m.id = j.id
    RETURNING m.state, m.reason, m.next_at AS "nextAt"`,
};

const RELEASE: Statement = {
  name: 'media-fetch.release',
  text: `UPDATE media SET next_at = now(), attempts = attempts - 1, updated_at = now() WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND state || '' = 'PENDING'`,
};

const HAS_WORK: Statement = {
  name: 'media-fetch.has-work',
  text: `SELECT EXISTS (SELECT FROM media WHERE state = 'PENDING' AND direction = 'INBOUND' AND next_at <= now()) AS waiting`,
};

type Claim = Pick<ClaimedMedia, 'tenantId' | 'id' | 'attempts'>;

/** Takes what is due and nobody fetches; it is due again after the lease, should this process not come back to it. */
export function claimMedia(db: SystemDb, limit: number, leaseSeconds: number): Promise<ClaimedMedia[]> {
  return db.query<ClaimedMedia>(CLAIM, [limit, leaseSeconds]);
}

/** `taken`: another attempt has the media by now. `over`: it is FAILED, or was deleted; nobody will want the content. */
export async function storeFetched(db: SystemDb, { tenantId, id, attempts }: Claim, fetched: FetchedMedia): Promise<'stored' | 'taken' | 'over'> {
  const { mimeType, bytes, sha256, storageKey } = fetched;
  const values = [tenantId, id, attempts, mimeType, bytes, sha256, storageKey];
  const row = (await db.query<{ stored: boolean; over: boolean }>(STORE, values))[0];
  if (row?.stored) return 'stored';
  return row?.over ? 'over' : 'taken';
}

/**
 * Notes an attempt that brought nothing: FAILED with the reason, or due again in a while, which is FAILED too once Meta does
 * not keep the media for so long. Null where another attempt has it by now.
 */
export async function setBackFetch(
  db: SystemDb,
  { tenantId, id, attempts }: Claim,
  next: { reason: MediaFailure } | { retryInMs: number },
): Promise<FetchSetback | null> {
  const [reason, retryInMs] = 'reason' in next ? [next.reason, 0] : [null, next.retryInMs];
  return (await db.query<FetchSetback>(SET_BACK, [tenantId, id, attempts, reason, retryInMs]))[0] ?? null;
}

/** Gives an attempt back that was ended by a shutdown: it is due at once, and does not count. */
export async function releaseFetch(db: SystemDb, { tenantId, id, attempts }: Claim): Promise<void> {
  await db.query(RELEASE, [tenantId, id, attempts]);
}

/** Whether an inbound media is due. */
export async function mediaIsDue(db: SystemQueries): Promise<boolean> {
  return (await db.query<{ waiting: boolean }>(HAS_WORK))[0]?.waiting ?? false;
}
