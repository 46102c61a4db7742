import type { Statement, SystemDb } from '../system-db.js';

/** Rows that one statement drops at most. */
const CHUNK = 1_000;

// Ids of messages are times: each organisation's oldest stand first in its primary key. What still has to happen stays.
const DROP_RUNS: Statement = {
  name: 'retention.drop-runs',
  text: `
    DELETE FROM automation_runs WHERE ctid = ANY (ARRAY(
      SELECT r.place
        FROM tenants t
       CROSS JOIN LATERAL (
         SELECT a.ctid AS place FROM automation_runs a
          WHERE a.tenant_id = t.id AND a.message_id < uuid_v7_floor(now() - make_interval(days => $1)) AND a.until IS NULL
          ORDER BY a.message_id LIMIT ${CHUNK}) r
       LIMIT ${CHUNK}))
      AND until IS NULL
    RETURNING 1 AS gone`,
};

/** Drops some of the ended steps of automations whose messages are older than that. How many are gone: call it until none are. */
export async function dropOldRuns(db: SystemDb, olderThanDays: number): Promise<number> {
  return (await db.query(DROP_RUNS, [olderThanDays])).length;
}
