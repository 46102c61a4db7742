import type { AutomationEnd, AutomationState, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemDb, SystemQueries } from '../system-db.js';
import type { MessageKey } from './automations.repository.js';

/** A run as it is begun. */
export interface NewRun extends MessageKey {
  step: string;
  type: string;
  position: number;
  state: AutomationState;
  reason: string | null;
  /** For how long nobody else may take it; null: it has ended. */
  leaseSeconds: number | null;
  period: Date | null;
}

// Seconds become times here: every due time is the database's to judge.
const INSERT: Statement = {
  name: 'automation-runs.insert',
  text: `
    INSERT INTO automation_runs (tenant_id, message_id, step, type, position, conversation_id, state, reason, attempts, until, period, started_at, finished_at)
    SELECT i.tenant_id, i.message_id, i.step, i.type, i.position, m.conversation_id, i.state, i.reason, (i.state = 'RUNNING')::int,
           now() + make_interval(secs => i.lease_seconds), i.period, CASE WHEN i.state <> 'DUE' THEN now() END,
           CASE WHEN i.lease_seconds IS NULL THEN now() END
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::text[], $8::float8[], $9::timestamptz[])
             AS i (tenant_id, message_id, step, type, position, state, reason, lease_seconds, period)
      JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id
     ORDER BY i.tenant_id, i.message_id, i.position
    ON CONFLICT (tenant_id, message_id, step) DO NOTHING
    RETURNING tenant_id AS "tenantId", message_id AS "messageId", step, attempts`,
};

/** A run that this process has for a while. `attempts` is its fencing token. */
export interface ClaimedRun extends MessageKey {
  step: string;
  type: string;
  conversationId: string;
  attempts: number;
  createdAt: Date;
}

/** Names a run, and whose turn of it this is. */
export type RunKey = Pick<ClaimedRun, 'tenantId' | 'messageId' | 'step' | 'attempts'>;

// Tenant by tenant along the index, so that one with a thousand due runs is looked at as briefly as one with a single one. An
// earlier message of the same conversation goes first.
const CLAIM: Statement = {
  name: 'automation-runs.claim',
  text: `
    WITH RECURSIVE walk AS (
      (SELECT tenant_id FROM automation_runs WHERE until IS NOT NULL AND tenant_id > $1 ORDER BY tenant_id LIMIT 1)
      UNION ALL
      SELECT (SELECT r.tenant_id FROM automation_runs r WHERE r.until IS NOT NULL AND r.tenant_id > w.tenant_id ORDER BY r.tenant_id LIMIT 1)
        FROM walk w WHERE w.tenant_id IS NOT NULL
    ), rooms AS (
      SELECT w.tenant_id, $3::int - coalesce(b.held, 0) AS room
        FROM walk w LEFT JOIN unnest($4::uuid[], $5::int[]) AS b (tenant_id, held) ON b.tenant_id = w.tenant_id
       WHERE w.tenant_id IS NOT NULL AND coalesce(b.held, 0) < $3::int
    ), picked AS (
      SELECT d.* FROM rooms t CROSS JOIN LATERAL (
        SELECT r.tenant_id, r.message_id, r.step FROM automation_runs r
         WHERE r.tenant_id = t.tenant_id AND r.until <= now()
           AND (SELECT o.message_id FROM automation_runs o
                 WHERE o.tenant_id = r.tenant_id AND o.conversation_id = r.conversation_id AND o.until IS NOT NULL
                 ORDER BY o.message_id LIMIT 1) = r.message_id
         ORDER BY r.until LIMIT t.room) d
       LIMIT $2
    ), locked AS MATERIALIZED (
      SELECT r.tenant_id, r.message_id, r.step FROM picked p
        JOIN automation_runs r ON r.tenant_id = p.tenant_id AND r.message_id = p.message_id AND r.step = p.step
       WHERE r.until <= now()
         FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE automation_runs r
       SET state = 'RUNNING', attempts = r.attempts + 1, until = now() + make_interval(secs => $6), waits_for = NULL,
           started_at = coalesce(r.started_at, now())
      FROM locked l WHERE r.tenant_id = l.tenant_id AND r.message_id = l.message_id AND r.step = l.step
    RETURNING r.tenant_id AS "tenantId", r.message_id AS "messageId", r.step, r.type, r.conversation_id AS "conversationId", r.attempts,
              r.created_at AS "createdAt"`,
};

/** How a run ended. */
export interface RunEnd extends RunKey {
  state: AutomationEnd;
  reason: string | null;
  /** Ids, codes and figures; no content. */
  detail: object | null;
}

const FINISH: Statement = {
  name: 'automation-runs.finish',
  text: `
    UPDATE automation_runs r SET state = i.state, reason = i.reason, detail = i.detail, until = NULL, waits_for = NULL, finished_at = now(),
           period = CASE WHEN i.state = 'ANSWERED' THEN r.period END
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::json[])
             AS i (tenant_id, message_id, step, attempts, state, reason, detail)
     WHERE r.tenant_id = i.tenant_id AND r.message_id = i.message_id AND r.step = i.step AND r.attempts = i.attempts AND r.state || '' = 'RUNNING'
    RETURNING r.tenant_id AS "tenantId", r.message_id AS "messageId", r.step`,
};

const PUT_BACK: Statement = {
  name: 'automation-runs.put-back',
  text: `
    UPDATE automation_runs SET state = $5, until = now() + make_interval(secs => $6::int / 1000.0), attempts = attempts - $7::int, waits_for = $8, reason = $9
     WHERE tenant_id = $1 AND message_id = $2 AND step = $3 AND attempts = $4 AND state || '' = 'RUNNING'`,
};

const WAKE: Statement = {
  name: 'automation-runs.wake',
  text: `UPDATE automation_runs SET until = now() WHERE tenant_id = $1 AND waits_for = $2 AND state || '' = 'WAITING' RETURNING step`,
};

/** Begins these runs; those that were begun before are missing from the answer. @throws a unique violation where another message said "away" first */
export function insertRuns(tx: SystemQueries, runs: readonly NewRun[]): Promise<RunKey[]> {
  if (runs.length === 0) return Promise.resolve([]);
  return tx.query<RunKey>(
    INSERT,
    columns(
      runs,
      (r) => r.tenantId, (r) => r.messageId, (r) => r.step, (r) => r.type, (r) => r.position, (r) => r.state, (r) => r.reason,
      (r) => r.leaseSeconds, (r) => r.period,
    ),
  );
}

export interface ClaimRuns {
  /** Tenants behind this one are looked at. */
  behind: string;
  limit: number;
  /** Runs that one tenant may have under way in this process, and how many each has. */
  perTenant: number;
  held: ReadonlyMap<string, number>;
  leaseSeconds: number;
}

/** Takes runs that are due, a few of each tenant, by the tenants' ids. */
export function claimRuns(db: SystemDb, { behind, limit, perTenant, held, leaseSeconds }: ClaimRuns): Promise<ClaimedRun[]> {
  return db.query<ClaimedRun>(CLAIM, [behind, limit, perTenant, [...held.keys()], [...held.values()], leaseSeconds]);
}

/** Notes how runs ended. What another process has taken meanwhile is missing from the answer. */
export function finishRuns(db: SystemQueries, ends: readonly RunEnd[]): Promise<Pick<RunKey, 'tenantId' | 'messageId' | 'step'>[]> {
  if (ends.length === 0) return Promise.resolve([]);
  return db.query(
    FINISH,
    columns(
      ends,
      (e) => e.tenantId, (e) => e.messageId, (e) => e.step, (e) => e.attempts, (e) => e.state, (e) => e.reason,
      (e) => (e.detail === null ? null : JSON.stringify(e.detail)),
    ),
  );
}

/** Due again after a while, because the endpoint failed. */
export async function retryRun(db: SystemQueries, run: RunKey, inMs: number, reason: string): Promise<void> {
  await db.query(PUT_BACK, [run.tenantId, run.messageId, run.step, run.attempts, 'DUE', inMs, 0, null, reason]);
}

/** Given back by a process that ends: it does not count. */
export async function releaseRun(db: SystemQueries, run: RunKey): Promise<void> {
  await db.query(PUT_BACK, [run.tenantId, run.messageId, run.step, run.attempts, 'DUE', 0, 1, null, null]);
}

/** Waits until the media is here, and looks again after a while in any case. It does not count. */
export async function awaitMedia(db: SystemQueries, run: RunKey, mediaId: string, lookAgainInMs: number): Promise<void> {
  await db.query(PUT_BACK, [run.tenantId, run.messageId, run.step, run.attempts, 'WAITING', lookAgainInMs, 1, mediaId, null]);
}

/** The media is here, or never will be: how many runs waited for it. */
export async function wakeRunsOf(db: SystemQueries, tenantId: string, mediaId: string): Promise<number> {
  return (await db.query(WAKE, [tenantId, mediaId])).length;
}

const VOICE: Statement = {
  name: 'automation-runs.voice',
  text: `SELECT state, storage_key AS "storageKey", mime_type AS "mimeType", bytes::float8 AS bytes, file_name AS "fileName" FROM media WHERE tenant_id = $1 AND id = $2`,
};

/** A file that a step wants to read. */
export interface VoiceFile {
  state: 'PENDING' | 'STORED' | 'FAILED';
  storageKey: string | null;
  mimeType: string | null;
  bytes: number | null;
  fileName: string | null;
}

export async function findVoiceFile(db: SystemQueries, tenantId: TenantId, mediaId: string): Promise<VoiceFile | null> {
  return (await db.query<VoiceFile>(VOICE, [tenantId, mediaId]))[0] ?? null;
}
