import { columns } from '../columns.js';
import type { Statement, SystemDb, SystemTx } from '../system-db.js';

/** One POST of Meta, as it came. */
export interface LedgerEntry {
  metaAppId: string;
  /** The tenant to which the verifying app belongs; null for the platform's app. */
  appTenantId: string | null;
  body: Buffer;
}

export interface LedgerEvent extends LedgerEntry {
  id: string;
}

/** Why an item waits whose tenant has its module switched off. */
export const TENANT_DISABLED = 'tenant.disabled';

export type LedgerState = 'DONE' | 'PARTIAL' | 'DEAD';

/** An item that did not apply. */
export interface LedgerItem {
  eventId: string;
  path: string;
  kind: string;
  tenantId: string | null;
  graphNumberId: string | null;
  state: 'RETRY' | 'UNROUTED' | 'REFUSED' | 'DEAD' | 'DONE';
  attempts: number;
  /** Milliseconds until the next attempt; only with RETRY. */
  retryInMs: number | null;
  error: string | null;
}

export interface DueItem {
  eventId: string;
  path: string;
  kind: string;
  tenantId: string | null;
  graphNumberId: string | null;
  attempts: number;
}

// All bodies travel as one binary value: as an array they would become text, twice their size.
const APPEND: Statement = {
  name: 'ledger.append',
  text: `
    INSERT INTO webhook_events (id, meta_app_id, app_tenant_id, body)
    SELECT uuid_v7(statement_timestamp(), ord::int), meta_app_id, app_tenant_id, substring($3::bytea FROM first FOR length)
      FROM unnest($1::text[], $2::uuid[], $4::int[], $5::int[]) WITH ORDINALITY AS i (meta_app_id, app_tenant_id, first, length, ord)`,
};

/** At most this many bytes of bodies are taken into one set. */
export const SET_BYTES = 8 * 1024 * 1024;

const LOCK_NEW: Statement = {
  name: 'ledger.lock-new',
  text: `
    SELECT id, meta_app_id AS "metaAppId", app_tenant_id AS "appTenantId", body FROM (
      SELECT *, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS before FROM (
        SELECT id, meta_app_id, app_tenant_id, body FROM webhook_events
         WHERE state = 'NEW' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) locked) sized
     WHERE before < ${SET_BYTES}
     ORDER BY id`,
};

const READ: Statement = {
  name: 'ledger.read',
  text: `SELECT id, meta_app_id AS "metaAppId", app_tenant_id AS "appTenantId", body FROM webhook_events WHERE id = ANY ($1::uuid[])`,
};

const FINISH: Statement = {
  name: 'ledger.finish',
  text: `UPDATE webhook_events SET state = $2, error = $3, processed_at = now() WHERE id = ANY ($1::uuid[])`,
};

const NOTE_ITEMS: Statement = {
  name: 'ledger.note-items',
  text: `
    INSERT INTO webhook_items AS w (event_id, path, kind, tenant_id, graph_number_id, state, attempts, next_at, error)
    SELECT event_id, path, kind, tenant_id, graph_number_id, state, attempts, now() + make_interval(secs => retry_in_ms / 1000.0), error
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::smallint[], $8::int[], $9::text[])
             AS i (event_id, path, kind, tenant_id, graph_number_id, state, attempts, retry_in_ms, error)
     ORDER BY event_id, path
    ON CONFLICT (event_id, path) DO UPDATE
      SET tenant_id = excluded.tenant_id, state = excluded.state, attempts = excluded.attempts, next_at = excluded.next_at,
          error = excluded.error, updated_at = now()`,
};

const LOCK_DUE_ITEMS: Statement = {
  name: 'ledger.lock-due-items',
  text: `
    SELECT event_id AS "eventId", path, kind, tenant_id AS "tenantId", graph_number_id AS "graphNumberId", attempts FROM webhook_items
     WHERE state = 'RETRY' AND next_at <= now() ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
};

const REPLAY_UNROUTED: Statement = {
  name: 'ledger.replay-unrouted',
  text: `
    UPDATE webhook_items SET state = 'RETRY', attempts = 0, next_at = now(), updated_at = now()
     WHERE state = 'UNROUTED' AND graph_number_id = $1 RETURNING id`,
};

const BACKLOG: Statement = {
  name: 'ledger.backlog',
  text: `
    SELECT EXISTS (SELECT FROM webhook_events WHERE state = 'NEW') OR EXISTS (SELECT FROM webhook_items WHERE state = 'RETRY' AND next_at <= now())
        OR EXISTS (SELECT FROM ledger_replays WHERE state = 'RUNNING') AS waiting`,
};

/** Writes a set of webhooks; they are safe once this returns. */
export async function appendToLedger(db: SystemDb, entries: readonly LedgerEntry[]): Promise<void> {
  let end = 0;
  const firsts = entries.map(({ body }) => (end += body.length) - body.length + 1);
  const [apps, tenants, lengths] = columns(entries, (e) => e.metaAppId, (e) => e.appTenantId, (e) => e.body.length);
  await db.query(APPEND, [apps, tenants, Buffer.concat(entries.map(({ body }) => body)), firsts, lengths]);
}

/** The oldest unprocessed webhooks that no other worker holds, locked until the transaction ends. */
export function lockNewEvents(tx: SystemTx, limit: number): Promise<LedgerEvent[]> {
  return tx.query<LedgerEvent>(LOCK_NEW, [limit]);
}

export function readEvents(tx: SystemTx, ids: readonly string[]): Promise<LedgerEvent[]> {
  return tx.query<LedgerEvent>(READ, [ids]);
}

export async function finishEvents(tx: SystemTx, ids: readonly string[], state: LedgerState, error: string | null = null): Promise<void> {
  if (ids.length > 0) await tx.query(FINISH, [ids, state, error]);
}

/** Items that wait for their next attempt and are due, locked until the transaction ends. */
export function lockDueItems(tx: SystemTx, limit: number): Promise<DueItem[]> {
  return tx.query<DueItem>(LOCK_DUE_ITEMS, [limit]);
}

/** Notes what did not apply, or what became of it later. */
export async function noteItems(tx: SystemTx, items: readonly LedgerItem[]): Promise<void> {
  if (items.length === 0) return;
  await tx.query(
    NOTE_ITEMS,
    columns(
      items,
      (i) => i.eventId, (i) => i.path, (i) => i.kind, (i) => i.tenantId, (i) => i.graphNumberId, (i) => i.state, (i) => i.attempts,
      (i) => i.retryInMs, (i) => i.error,
    ),
  );
}

/** What came for a number before it was connected is due again. */
export async function replayUnrouted(db: SystemDb, graphNumberId: string): Promise<number> {
  return (await db.query(REPLAY_UNROUTED, [graphNumberId])).length;
}

/** Whether the ledger has unprocessed work, or somebody asked for a replay. */
export async function ledgerHasWork(db: SystemDb): Promise<boolean> {
  return (await db.query<{ waiting: boolean }>(BACKLOG))[0]?.waiting ?? false;
}
