import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries, SystemTx } from '../system-db.js';

/** A moment in which something of a tenant was taken or ended. */
export interface StatsMoment {
  tenantId: TenantId;
  at: Date;
}

/** An hour of a tenant's clock that is due to be counted. */
export interface DueHour {
  tenantId: TenantId;
  hour: Date;
  /** What the row said when the count began. */
  marks: number;
  takenAt: Date;
}

/** Statuses of one message come within moments of each other: one count for all of them. */
const SETTLING = "interval '3 seconds'";

// The hour of the tenant's clock: some zones are off by half an hour. Counted from an instant, since the clock itself shows one
// hour twice in autumn.
const MARK: Statement = {
  name: 'stats.mark-hours',
  text: `
    INSERT INTO stats_hours AS h (tenant_id, hour, due_at)
    SELECT DISTINCT t.id, date_bin('1 hour', i.at, timestamp '2000-01-01' AT TIME ZONE t.time_zone), now() + ${SETTLING}
      FROM unnest($1::uuid[], $2::timestamptz[]) AS i (tenant_id, at)
      JOIN tenants t ON t.id = i.tenant_id
     ORDER BY 1, 2
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = h.marks + 1`,
};

/** A count that takes longer than this has died with its worker. */
const LEASE = "interval '2 minutes'";

// Committed before the count: whoever has something to mark meanwhile waits for nobody.
const TAKE: Statement = {
  name: 'stats.take-hour',
  text: `
    UPDATE stats_hours h SET due_at = now() + ${LEASE}
      FROM (SELECT tenant_id, hour FROM stats_hours WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) due
     WHERE h.tenant_id = due.tenant_id AND h.hour = due.hour
    RETURNING h.tenant_id AS "tenantId", h.hour, h.marks, now() AS "takenAt"`,
};

const FINISH: Statement = {
  name: 'stats.finish-hour',
  text: `
    WITH done AS (
      DELETE FROM stats_hours WHERE tenant_id = $1 AND hour = $2 AND marks = $3 RETURNING 1
    )
    UPDATE stats_hours SET due_at = clock_timestamp() + make_interval(secs => $4), marked_at = $5
     WHERE tenant_id = $1 AND hour = $2 AND marks <> $3 AND NOT EXISTS (SELECT FROM done)`,
};

/** Says that these hours have to be counted again. */
export async function markStatsHours(tx: SystemQueries, moments: readonly StatsMoment[]): Promise<void> {
  if (moments.length === 0) return;
  await tx.query(MARK, columns(moments, (m) => m.tenantId, (m) => m.at));
}

/** The hour that has waited longest, for this worker alone for a while. */
export async function takeDueHour(db: SystemQueries): Promise<DueHour | undefined> {
  const [row] = await db.query<DueHour>(TAKE);
  return row;
}

/** The hour is counted, in this transaction. Where it was marked again meanwhile it is due again, after a rest. */
export async function finishHour(tx: SystemTx, { tenantId, hour, marks, takenAt }: DueHour, restSeconds: number): Promise<void> {
  await tx.query(FINISH, [tenantId, hour, marks, restSeconds, takenAt]);
}
