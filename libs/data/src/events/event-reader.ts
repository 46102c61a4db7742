import type { EventName, TenantId } from '@parley/domain';
import type { Statement, SystemDb, SystemTx } from '../system-db.js';

/** Who reads events. The name is the key of its cursor: one place, however many processes read under it. */
export interface EventConsumer {
  readonly name: string;
  /** Where it begins the first time: with the oldest event that is kept, or with what is not committed yet. */
  readonly from: 'beginning' | 'now';
  /** What it wants to see; left out: everything. */
  readonly types?: readonly EventName[];
}

/** An event as its consumers get it, of any tenant. */
export interface ReadEvent {
  readonly tenantId: TenantId;
  readonly id: string;
  readonly type: EventName;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** What a consumer does with a set, in the transaction that moves its cursor. */
export type EventWork = (tx: SystemTx, events: readonly ReadEvent[]) => Promise<void>;

interface Cursor {
  xid: string;
  id: string;
  /** False: made in another cluster. */
  isOfThisCluster: boolean;
}

/** The last row is where the reading ended, wanted or not. */
interface EventRow extends ReadEvent {
  xid: string;
  wanted: boolean;
  /** How many were read, those that are not wanted included. */
  read: number;
}

/** The place of a cursor is of a cluster whose transactions were counted otherwise. */
export class EventOrderLost extends Error {
  override readonly name = 'EventOrderLost';

  constructor(consumer: string) {
    super(
      `The cursor of "${consumer}" was made in another database cluster, whose order of events means nothing here. After a restore ` +
        `from a dump, delete its row of event_cursors: it then begins as it did the first time.`,
    );
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';
const EPOCH = '(SELECT system_identifier::text FROM pg_control_system())';

const LOCK: Statement = {
  name: 'events.lock-cursor',
  text: `
    SELECT xid::text AS xid, id, epoch = ${EPOCH} AS "isOfThisCluster"
      FROM event_cursors WHERE consumer = $1 FOR UPDATE SKIP LOCKED`,
};

// Where the row is there and locked, nothing is inserted and nothing is waited for.
const BEGIN: Statement = {
  name: 'events.begin-cursor',
  text: `
    INSERT INTO event_cursors (consumer, epoch, xid, id)
    SELECT $1, ${EPOCH}, CASE WHEN $2::boolean THEN pg_snapshot_xmin(pg_current_snapshot()) ELSE '0' END, '${NIL}'
     WHERE NOT EXISTS (SELECT FROM event_cursors WHERE consumer = $1)
    ON CONFLICT (consumer) DO NOTHING
    RETURNING xid::text AS xid, id, true AS "isOfThisCluster"`,
};

// Below the oldest transaction that was under way when this statement began, everything is committed and visible to it, or
// gone for ever: whatever commits later stands behind what was read. Only what is wanted leaves Postgres.
const READ: Statement = {
  name: 'events.read',
  text: `
    WITH read AS MATERIALIZED (
      SELECT e.* FROM events e
       WHERE (e.xid, e.id) > ($1::xid8, $2::uuid) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
       ORDER BY e.xid, e.id LIMIT $3
    ), counted AS (
      SELECT r.*, $4::text[] IS NULL OR r.type = ANY ($4) AS wanted, row_number() OVER (ORDER BY r.xid, r.id)::int AS place, count(*) OVER ()::int AS read
        FROM read r
    )
    SELECT c.tenant_id AS "tenantId", c.id, c.xid::text AS xid, c.type, c.resource_type AS "resourceType", c.resource_id AS "resourceId", c.data, c.at,
           c.wanted, c.read
      FROM counted c WHERE c.wanted OR c.place = c.read ORDER BY c.place`,
};

const MOVE: Statement = {
  name: 'events.move-cursor',
  text: `UPDATE event_cursors SET xid = $2::xid8, id = $3::uuid, updated_at = now() WHERE consumer = $1`,
};

const LAG: Statement = {
  name: 'events.lag',
  text: `
    SELECT coalesce((SELECT extract(epoch FROM clock_timestamp() - e.at)::float8
                       FROM events e, event_cursors c
                      WHERE c.consumer = $1 AND (e.xid, e.id) > (c.xid, c.id)
                      ORDER BY e.xid, e.id LIMIT 1), 0) AS seconds`,
};

/**
 * Reads events of all tenants for a named consumer: each once, in the order (transaction, id), without a gap where a
 * transaction commits late. Those of one transaction keep the order of their ids; between transactions the one that began to
 * write first comes first. A transaction that is long under way holds all consumers back, so their work is short too.
 */
export class EventReader {
  constructor(private readonly db: SystemDb) {}

  /**
   * Takes the next events, at most `limit`, through the work; the cursor moves with its COMMIT. A work that throws has
   * changed nothing, and gets the same events again. @returns how many were read, those of other types included; 0 when there
   * are none, or when another process reads for this consumer just now. @throws EventOrderLost, and what the work throws
   */
  read(consumer: EventConsumer, limit: number, work: EventWork): Promise<number> {
    return this.db.transaction(async (tx) => {
      const cursor = await lockCursor(tx, consumer);
      if (!cursor) return 0;
      if (!cursor.isOfThisCluster) throw new EventOrderLost(consumer.name);
      const { types } = consumer;
      const rows = await tx.query<EventRow>(READ, [cursor.xid, cursor.id, limit, types ?? null]);
      const last = rows.at(-1);
      if (!last) return 0;
      const events = rows.filter(({ wanted }) => wanted);
      if (events.length > 0) await work(tx, events);
      await tx.query(MOVE, [consumer.name, last.xid, last.id]);
      return last.read;
    });
  }

  /** How old the oldest event is that the consumer has not read, in seconds; 0 when it has read all. */
  async lagSeconds({ name }: EventConsumer): Promise<number> {
    const [row] = await this.db.query<{ seconds: number }>(LAG, [name]);
    return row?.seconds ?? 0;
  }
}

async function lockCursor(tx: SystemTx, { name, from }: EventConsumer): Promise<Cursor | undefined> {
  const [cursor] = await tx.query<Cursor>(LOCK, [name]);
  if (cursor) return cursor;
  const [begun] = await tx.query<Cursor>(BEGIN, [name, from === 'now']);
  return begun;
}
