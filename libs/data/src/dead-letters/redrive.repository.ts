import { maxAttempts, REPLY_RETRY, TEMPLATE_RETRY, UNCERTAIN, type RedriveVerdict, type TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';
import { filterValues, matchesFilter, type DeadLetterFilter } from './dead-letter-filter.js';

/** One-time passwords are soon of no use. */
const CODE_VALID_SECONDS = 600;
/** Dead letters that one statement moves at most: long sets would hold locks and snapshots for long. */
export const REDRIVE_CHUNK = 500;

/** Who asks, and how far it may go. */
export interface RedriveOptions {
  tenantId: TenantId | string;
  /** Who asked: a caller, or `auto`. */
  actor: string;
  allowDuplicate: boolean;
  /** How long they may wait to leave, from now on. */
  validSeconds: number;
}

/** What became of one that was to be redriven. */
export interface RedrivenMessage {
  id: string;
  numberId: string;
  verdict: Extract<RedriveVerdict, 'uncertain' | 'expired' | 'not-dead'> | 'redriven' | 'out-of-date';
}

// A redriven message begins anew but for what must not be forgotten: its attempts go on counting, failed_at stays, so that
// a repeated report of the old failure is no news, and what its older attempts were is in message_attempts, by which their
// late statuses still find it. The newest attempt, its wamid and its times are nobody's until the next one. Locks are taken in the
// order of the ids, as statuses and outcomes take them: crossed orders deadlock.
//
// By itself ($cause) a message goes out once for each cause, while it is still valid; the time since it failed is given back
// to it. One-time passwords never do.
const redrive = (chosen: string, { allow, actor, valid, cause }: { allow: string; actor: string; valid: string; cause: string }) => `
    WITH chosen AS MATERIALIZED (${chosen}), locked AS MATERIALIZED (
      SELECT m.tenant_id, m.id, m.phone_number_id, m.reason, m.error_code,
        CASE
          WHEN m.dead_lettered_at IS NULL THEN 'not-dead'
          WHEN m.state || '' <> 'FAILED' THEN 'expired'
          WHEN m.reason = '${UNCERTAIN}' AND NOT ${allow} THEN 'uncertain'
          WHEN ${cause}::text IS NOT NULL AND (m.lane = 0 OR m.valid_until <= m.failed_at OR coalesce(
            (SELECT true FROM message_events e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id AND e.id > m.id
                AND e.type = 'redriven' AND e.detail ->> 'cause' = ${cause}::text LIMIT 1), false)) THEN 'out-of-date'
          ELSE 'redriven'
        END AS verdict
        FROM chosen c
        JOIN messages m ON m.tenant_id = c.tenant_id AND m.id = c.id AND m.direction = 'OUTBOUND'
       ORDER BY m.tenant_id, m.id
         FOR UPDATE OF m
    ), moved AS (
      UPDATE messages m
         SET state = 'QUEUED', dead_lettered_at = NULL, reason = NULL, wait_cause = NULL, wait_until = NULL,
             attempt_id = NULL, wamid = NULL, accepted_at = NULL, sent_at = NULL, lease_until = NULL,
             failed_at = CASE WHEN m.reason = '${UNCERTAIN}' THEN NULL ELSE m.failed_at END,
             max_attempts = m.attempts + CASE m.kind WHEN 'template' THEN ${maxAttempts(TEMPLATE_RETRY)} ELSE ${maxAttempts(REPLY_RETRY)} END,
             valid_until = CASE WHEN ${cause}::text IS NOT NULL THEN m.valid_until + (now() - m.failed_at)
                                ELSE now() + make_interval(secs => CASE WHEN m.purpose || '' = 'authentication' THEN ${CODE_VALID_SECONDS} ELSE ${valid} END) END,
             stood_seconds = CASE WHEN ${cause}::text IS NOT NULL THEN m.stood_seconds END,
             updated_at = now()
        FROM locked l
       WHERE m.tenant_id = l.tenant_id AND m.id = l.id AND l.verdict = 'redriven' AND m.state || '' = 'FAILED'
      RETURNING m.tenant_id, m.id, m.attempts, l.reason, l.error_code
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT v.tenant_id, v.id, 'redriven',
             json_strip_nulls(json_build_object('actor', ${actor}, 'cause', ${cause}::text, 'failure', v.reason, 'code', v.error_code, 'attempts', v.attempts))
        FROM moved v
    )`;

const REDRIVE_IDS: Statement = {
  name: 'dead-letters.redrive-ids',
  text: `${redrive('SELECT $1::uuid AS tenant_id, id FROM unnest($2::uuid[]) AS id', { allow: '$3::boolean', actor: '$4::text', valid: '$5::int', cause: 'NULL' })}
    SELECT id, phone_number_id AS "numberId", verdict FROM locked`,
};

const CHUNK_OF_FILTER = `
      SELECT m.tenant_id, m.id, m.dead_lettered_at FROM messages m
       WHERE ${matchesFilter('m')} AND m.dead_lettered_at < $14::timestamptz
         AND ($15::timestamptz IS NULL OR (m.dead_lettered_at, m.id) > ($15::timestamptz, $16::uuid))
       ORDER BY m.dead_lettered_at, m.id
       LIMIT ${REDRIVE_CHUNK}`;

// One chunk and the progress of its redrive in one statement: a crash repeats neither.
const REDRIVE_CHUNK_OF: Statement = {
  name: 'dead-letters.redrive-chunk',
  text: `${redrive(CHUNK_OF_FILTER, { allow: '$10::boolean', actor: '$11::text', valid: '$12::int', cause: '$13' })}, figures AS (
      SELECT (SELECT count(*)::int FROM chosen) AS looked, (SELECT count(*)::int FROM moved) AS redriven,
             (SELECT array[dead_lettered_at::text, id::text] FROM chosen ORDER BY dead_lettered_at DESC, id DESC LIMIT 1) AS last
    ), noted AS (
      UPDATE redrives r
         SET looked = r.looked + f.looked, redriven = r.redriven + f.redriven,
             cursor_at = coalesce(f.last[1]::timestamptz, r.cursor_at), cursor_id = coalesce(f.last[2]::uuid, r.cursor_id),
             state = CASE WHEN f.looked < ${REDRIVE_CHUNK} THEN 'DONE' ELSE r.state END,
             finished_at = CASE WHEN f.looked < ${REDRIVE_CHUNK} THEN now() END, updated_at = now()
        FROM figures f WHERE r.tenant_id = $1::uuid AND r.id = $17::uuid
    )
    SELECT f.looked, f.redriven, ARRAY(SELECT DISTINCT l.phone_number_id FROM locked l WHERE l.verdict = 'redriven') AS "numberIds" FROM figures f`,
};

const LOCK_RUNNING: Statement = {
  name: 'dead-letters.lock-running',
  text: `
    SELECT tenant_id AS "tenantId", id, actor, cause, filter, allow_duplicate AS "allowDuplicate", before_at::text AS "beforeAt",
           cursor_at::text AS "cursorAt", cursor_id AS "cursorId"
      FROM redrives WHERE state = 'RUNNING' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
};

const ANY_RUNNING: Statement = { name: 'dead-letters.any-running', text: `SELECT true AS running FROM redrives WHERE state = 'RUNNING' LIMIT 1` };

const DISCARD: Statement = {
  name: 'dead-letters.discard',
  text: `
    WITH discarded AS (
      UPDATE messages m SET dead_lettered_at = NULL, updated_at = now()
       WHERE m.tenant_id = $1 AND m.id = $2 AND m.dead_lettered_at IS NOT NULL AND m.state || '' IN ('FAILED', 'EXPIRED')
      RETURNING m.tenant_id, m.id
    )
    INSERT INTO message_events (tenant_id, message_id, type, detail)
    SELECT tenant_id, id, 'discarded', json_strip_nulls(json_build_object('actor', $3::text, 'reason', $4::text)) FROM discarded
    RETURNING message_id AS id`,
};

/** A redrive of many that is under way. */
export interface RunningRedrive {
  tenantId: string;
  id: string;
  actor: string;
  cause: string | null;
  filter: DeadLetterFilter;
  allowDuplicate: boolean;
  beforeAt: string;
  cursorAt: string | null;
  cursorId: string | null;
}

export interface RedrivenChunk {
  looked: number;
  redriven: number;
  /** The numbers to wake. */
  numberIds: string[];
}

/** Puts these back into the queue, as far as they are dead letters; a verdict for each that is the tenant's. */
export function redriveMessages(db: SystemQueries, ids: readonly string[], options: RedriveOptions): Promise<RedrivenMessage[]> {
  const { tenantId, allowDuplicate, actor, validSeconds } = options;
  return db.query<RedrivenMessage>(REDRIVE_IDS, [tenantId, ids, allowDuplicate, actor, validSeconds]);
}

/** The oldest redrive that no other worker is at, locked until the transaction ends; null for none. */
export async function lockRunningRedrive(tx: SystemQueries): Promise<RunningRedrive | null> {
  return (await tx.query<RunningRedrive>(LOCK_RUNNING))[0] ?? null;
}

export async function redriveIsRunning(db: SystemQueries): Promise<boolean> {
  return (await db.query<{ running: boolean }>(ANY_RUNNING)).length > 0;
}

/** Puts the next chunk of a locked redrive back into the queue and notes how far it came. */
export async function redriveChunk(tx: SystemQueries, redrive: RunningRedrive, validSeconds: number): Promise<RedrivenChunk> {
  const { tenantId, id, actor, cause, filter, allowDuplicate, beforeAt, cursorAt, cursorId } = redrive;
  const values = [allowDuplicate, actor, validSeconds, cause, beforeAt, cursorAt, cursorId, id];
  return (await tx.query<RedrivenChunk>(REDRIVE_CHUNK_OF, [...filterValues(tenantId, filter), ...values]))[0]!;
}

/** Takes a message off the dead letters; what it is stays. False when it is none. */
export async function discardDeadLetter(db: SystemQueries, tenantId: TenantId, id: string, actor: string, reason: string | null): Promise<boolean> {
  return (await db.query(DISCARD, [tenantId, id, actor, reason])).length > 0;
}
