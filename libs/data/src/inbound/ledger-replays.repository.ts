import type { LedgerItemFilter } from '@parley/domain';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';
import { SET_BYTES, type LedgerEvent } from './ledger.repository.js';

/** Which events are replayed, and which of their items. Every field narrows it. */
export interface ReplayFilter extends LedgerItemFilter {
  readonly eventIds?: readonly string[];
  /** Received since then, and before then; ISO 8601. */
  readonly from?: string;
  readonly to?: string;
}

/** A replay and how far it came. */
export interface ReplayRow {
  id: string;
  state: 'RUNNING' | 'DONE';
  isDryRun: boolean;
  filter: ReplayFilter;
  looked: number;
  matched: number;
  items: number;
  changed: number;
  failed: number;
  createdAt: Date;
  finishedAt: Date | null;
}

/** A replay that a worker has in hand. */
export interface RunningReplay {
  id: string;
  isDryRun: boolean;
  filter: ReplayFilter;
  beforeId: string;
  /** Events up to here are done. */
  afterId: string;
}

export interface ReplayedEvent extends LedgerEvent {
  state: 'DONE' | 'PARTIAL' | 'DEAD';
}

/** What one chunk came to. */
export interface ReplayProgress {
  /** The last event that was looked at; null: there was none left, and the replay is done. */
  cursorId: string | null;
  looked: number;
  matched: number;
  items: number;
  changed: number;
  failed: number;
}

/** Events that one transaction replays at most: long ones would hold up what comes in. */
const CHUNK = 200;

const COLUMNS = `id, state, is_dry_run AS "isDryRun", filter, looked, matched, items, changed, failed, created_at AS "createdAt", finished_at AS "finishedAt"`;

// What comes in after it was asked for is not meant: it is processed anyway.
const BEGIN: Statement = {
  name: 'ledger.begin-replay',
  text: `
    INSERT INTO ledger_replays (actor, is_dry_run, filter, from_id, before_id)
    VALUES ($1, $2, $3, uuid_v7_floor(coalesce($4::timestamptz, '2020-01-01Z')), least(uuid_v7(), uuid_v7_floor(coalesce($5::timestamptz, now() + interval '1 second'))))
    RETURNING ${COLUMNS}`,
};

const FIND: Statement = { name: 'ledger.find-replay', text: `SELECT ${COLUMNS} FROM ledger_replays WHERE id = $1` };

const LOCK_RUNNING: Statement = {
  name: 'ledger.lock-replay',
  text: `
    SELECT id, is_dry_run AS "isDryRun", filter, before_id AS "beforeId", coalesce(cursor_id, from_id) AS "afterId"
      FROM ledger_replays WHERE state = 'RUNNING' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
};

// What is NEW is not looked at: it is applied anyway.
const readChunk = (name: string, meant: string): Statement => ({
  name,
  text: `
    SELECT id, meta_app_id AS "metaAppId", app_tenant_id AS "appTenantId", body, state FROM (
      SELECT *, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS before FROM (
        SELECT id, meta_app_id, app_tenant_id, body, state FROM webhook_events
         WHERE ${meant} AND id > $1 AND id < $2 AND state <> 'NEW' ORDER BY id LIMIT ${CHUNK}) r) sized
     WHERE before < ${SET_BYTES}
     ORDER BY id`,
});
const READ_RANGE = readChunk('ledger.replay-range', 'true');
const READ_IDS = readChunk('ledger.replay-ids', 'id = ANY ($3::uuid[])');

// In this order, before anything else is locked: whoever tries these items again holds their rows first, too.
const LOCK_NOTED: Statement = {
  name: 'ledger.lock-noted',
  text: `SELECT event_id AS "eventId", path FROM webhook_items WHERE event_id = ANY ($1::uuid[]) ORDER BY event_id, path FOR UPDATE`,
};

const FINISH_AGAIN: Statement = {
  name: 'ledger.finish-again',
  text: `UPDATE webhook_events SET state = $2, error = NULL WHERE id = ANY ($1::uuid[]) AND state <> 'NEW' AND state <> $2`,
};

const PROGRESS: Statement = {
  name: 'ledger.replay-progress',
  text: `
    UPDATE ledger_replays
       SET cursor_id = coalesce($2::uuid, cursor_id), looked = looked + $3, matched = matched + $4, items = items + $5, changed = changed + $6,
           failed = failed + $7, state = CASE WHEN $2::uuid IS NULL THEN 'DONE' ELSE state END,
           finished_at = CASE WHEN $2::uuid IS NULL THEN now() END, updated_at = now()
     WHERE id = $1`,
};

/** Asks for a replay. The filter's times and the moment of asking bound it. */
export async function beginReplay(db: SystemQueries, actor: string, filter: ReplayFilter, isDryRun: boolean): Promise<ReplayRow> {
  return (await db.query<ReplayRow>(BEGIN, [actor, isDryRun, JSON.stringify(filter), filter.from ?? null, filter.to ?? null]))[0]!;
}

export async function findReplay(db: SystemQueries, id: string): Promise<ReplayRow | null> {
  return (await db.query<ReplayRow>(FIND, [id]))[0] ?? null;
}

/** The oldest replay that no other worker is at, locked until the transaction ends; null for none. */
export async function lockRunningReplay(tx: SystemTx): Promise<RunningReplay | null> {
  return (await tx.query<RunningReplay>(LOCK_RUNNING))[0] ?? null;
}

/** Its next events, oldest first; none once it is through. */
export function readReplayChunk(tx: SystemTx, { filter: { eventIds }, afterId, beforeId }: RunningReplay): Promise<ReplayedEvent[]> {
  const range = [afterId, beforeId];
  return eventIds ? tx.query<ReplayedEvent>(READ_IDS, [...range, eventIds]) : tx.query<ReplayedEvent>(READ_RANGE, range);
}

/** The items of these events that have a row, locked until the transaction ends. */
export function lockNotedItems(tx: SystemTx, eventIds: readonly string[]): Promise<{ eventId: string; path: string }[]> {
  return tx.query<{ eventId: string; path: string }>(LOCK_NOTED, [eventIds]);
}

/** Brings events that were processed before to another state. */
export async function finishEventsAgain(tx: SystemTx, ids: readonly string[], state: 'DONE' | 'PARTIAL'): Promise<void> {
  if (ids.length > 0) await tx.query(FINISH_AGAIN, [ids, state]);
}

export async function noteReplayProgress(tx: SystemTx, id: string, { cursorId, looked, matched, items, changed, failed }: ReplayProgress): Promise<void> {
  await tx.query(PROGRESS, [id, cursorId, looked, matched, items, changed, failed]);
}
