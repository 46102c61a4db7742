import type { NumberNames } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';
import { SET_BYTES, type LedgerItem } from './ledger.repository.js';

export type LedgerEventState = 'NEW' | 'DONE' | 'PARTIAL' | 'DEAD';

/** A webhook of the ledger, as operators look at it. */
export interface LedgerEventRow {
  id: string;
  state: LedgerEventState;
  /** Whose secret verified it. */
  metaAppId: string;
  appTenantId: string | null;
  error: string | null;
  receivedAt: Date;
  processedAt: Date | null;
  /** How long it took to be processed, or has been waiting. */
  lagMs: number;
  body: Buffer;
}

/** One of several, with how many the index had for the look. */
export interface LookedEvent extends LedgerEventRow {
  found: number;
}

/** An item that did not apply at the first pass. */
export type NotedItem = Pick<LedgerItem, 'eventId' | 'path' | 'kind' | 'tenantId' | 'graphNumberId' | 'state' | 'attempts' | 'error'> & { nextAt: Date | null };

/** Where a look into the ledger begins and ends. */
export interface LedgerWindow {
  state?: LedgerEventState;
  /** Received since then, and before then; ISO 8601. */
  from?: string;
  to?: string;
  /** Below this id. */
  before?: string;
}

const EVENT = `id, state, meta_app_id AS "metaAppId", app_tenant_id AS "appTenantId", error, uuid_v7_time(id) AS "receivedAt", processed_at AS "processedAt",
       greatest(0, extract(epoch FROM coalesce(processed_at, now()) - uuid_v7_time(id)) * 1000)::float AS "lagMs", body`;

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

// States that few events are in have an index each, by a predicate that names them. DONE has none: whoever asks for it looks at
// the range itself, like one who asks for what stands in the bodies.
const look = (name: string, state: string): Statement => ({
  name: `ledger.look-${name}`,
  text: `
    SELECT ${EVENT}, found::int AS found FROM (
      SELECT *, count(*) OVER () AS found, sum(octet_length(body)) OVER (ORDER BY id DESC) - octet_length(body) AS before FROM (
        SELECT id, state, meta_app_id, app_tenant_id, error, processed_at, body FROM webhook_events
         WHERE ${state} AND id < least($1::uuid, uuid_v7_floor(coalesce($2::timestamptz, '4000-01-01Z')))
           AND id >= uuid_v7_floor(coalesce($3::timestamptz, '1970-01-01Z'))
         ORDER BY id DESC LIMIT $4) r) sized
     WHERE before < ${SET_BYTES / 2}
     ORDER BY id DESC`,
});
const LOOKS: Readonly<Record<LedgerEventState | 'any', Statement>> = {
  any: look('any', 'true'),
  DONE: look('any', 'true'),
  NEW: look('new', "state = 'NEW'"),
  PARTIAL: look('partial', "state = 'PARTIAL'"),
  DEAD: look('dead', "state = 'DEAD'"),
};

const FIND: Statement = { name: 'ledger.find-event', text: `SELECT ${EVENT} FROM webhook_events WHERE id = $1` };

const NOTED: Statement = {
  name: 'ledger.noted-items',
  text: `
    SELECT event_id AS "eventId", path, kind, tenant_id AS "tenantId", graph_number_id AS "graphNumberId", state, attempts, next_at AS "nextAt", error
      FROM webhook_items WHERE event_id = ANY ($1::uuid[]) ORDER BY event_id, id`,
};

const names = (name: string, where: string): Statement => ({
  name: `ledger.number-${name}`,
  text: `SELECT graph_id AS "graphId", regexp_replace(display_phone_number, '\\D', '', 'g') AS digits FROM phone_numbers WHERE ${where}`,
});
const NAMES_BY_ID = names('by-id', 'id = $1::uuid');
const NAMES_BY_GRAPH_ID = names('by-graph-id', 'graph_id = $1');

/**
 * The next events of a window, newest first: at most `take`, and at most some megabytes. Fewer than there are, never none while
 * there are any. For operators: of all tenants. With DONE it answers events of every state, which the caller sorts out.
 */
export function lookIntoLedger(db: SystemQueries, { state, from, to, before }: LedgerWindow, take: number): Promise<LookedEvent[]> {
  return db.query<LookedEvent>(LOOKS[state ?? 'any'], [before ?? LAST_ID, to ?? null, from ?? null, take]);
}

export async function findLedgerEvent(db: SystemQueries, id: string): Promise<LedgerEventRow | null> {
  return (await db.query<LedgerEventRow>(FIND, [id]))[0] ?? null;
}

/** What the ledger noted of the items of these events. */
export function notedItems(db: SystemQueries, eventIds: readonly string[]): Promise<NotedItem[]> {
  return db.query<NotedItem>(NOTED, [eventIds]);
}

/** How webhooks name a number, by our id of it or by Meta's; null for one that nobody has connected. */
export async function namesOfNumber(db: SystemQueries, id: { ours: string } | { graphId: string }): Promise<NumberNames | null> {
  const rows = 'ours' in id ? db.query<NumberNames>(NAMES_BY_ID, [id.ours]) : db.query<NumberNames>(NAMES_BY_GRAPH_ID, [id.graphId]);
  return (await rows)[0] ?? null;
}
