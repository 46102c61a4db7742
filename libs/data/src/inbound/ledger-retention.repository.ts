import type { Statement, SystemDb, SystemTx } from '../system-db.js';

/** Tables whose days are dropped one by one. */
export type PartitionedTable = 'webhook_events' | 'events' | 'message_events';

const LOCK_OLD: Statement = { name: 'retention.lock', text: 'SELECT child, ends_at AS "endsAt" FROM lock_old_partition($1, $2)' };

const DROP_OLD: Statement = { name: 'retention.drop', text: 'SELECT drop_old_partition($1, $2, $3, $4::uuid[])' };

// Whatever still has to be applied, or waits for somebody. Nobody else writes meanwhile: the parent is locked.
const KEEP: Statement = {
  name: 'retention.keep',
  text: `
    SELECT id FROM webhook_events WHERE state = 'NEW' AND id < $1
    UNION SELECT id FROM webhook_events WHERE state = 'DEAD' AND id < $1
    UNION SELECT event_id FROM webhook_items WHERE state = 'RETRY' AND event_id < $1
    UNION SELECT event_id FROM webhook_items WHERE state = 'UNROUTED' AND event_id < $1
    UNION SELECT event_id FROM webhook_items WHERE state = 'DEAD' AND event_id < $1`,
};

const LOCK_NOT_AVAILABLE = '55P03';

// Search and statistics are made of events: a day that one of them has not read waits for it.
const UNREAD: Statement = {
  name: 'retention.unread',
  text: `
    SELECT c.consumer FROM event_cursors c
     WHERE (SELECT e.id FROM events e WHERE (e.xid, e.id) > (c.xid, c.id) ORDER BY e.xid, e.id LIMIT 1) < $1 LIMIT 1`,
};

/** Rows of items that one statement drops at most. */
const CHUNK = 1_000;

const DROP_ITEMS: Statement = {
  name: 'retention.drop-items',
  text: `
    DELETE FROM webhook_items WHERE id = ANY (ARRAY(
      SELECT id FROM webhook_items WHERE event_id < uuid_v7_floor(now() - make_interval(days => $1)) AND state IN ('DONE', 'REFUSED')
       ORDER BY event_id LIMIT ${CHUNK}))
    RETURNING 1 AS gone`,
};

/**
 * Drops the oldest day of a table where it is older than that. Webhooks that could not be applied yet are moved on first, with
 * their ids. Null: no day is that old, or somebody reads for so long that it has to wait.
 */
export async function dropOldDay(db: SystemDb, table: PartitionedTable, olderThanDays: number): Promise<{ partition: string; kept: number } | null> {
  try {
    return await db.transaction((tx) => dropIn(tx, table, olderThanDays));
  } catch (error) {
    // Whoever writes must not wait behind a drop that waits itself.
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return null;
    throw error;
  }
}

async function dropIn(tx: SystemTx, table: PartitionedTable, olderThanDays: number): Promise<{ partition: string; kept: number } | null> {
  const [day] = await tx.query<{ child: string; endsAt: string }>(LOCK_OLD, [table, olderThanDays]);
  if (!day) return null;
  if (table === 'events' && (await tx.query(UNREAD, [day.endsAt])).length > 0) return null;
  const keep = table === 'webhook_events' ? (await tx.query<{ id: string }>(KEEP, [day.endsAt])).map(({ id }) => id) : [];
  await tx.query(DROP_OLD, [table, day.child, day.endsAt, keep]);
  return { partition: day.child, kept: keep.length };
}

/** Forgets items that came to their end, whose webhooks are older than that. At most a chunk; call it until it answers 0. */
export async function dropSettledItems(db: SystemDb, olderThanDays: number): Promise<number> {
  return (await db.query(DROP_ITEMS, [olderThanDays])).length;
}
