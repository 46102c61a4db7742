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
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = h.marks + 1, marked_at = now()`,
};

// Two workers take different hours: the lock is held until the count is written.
const TAKE: Statement = {
  name: 'stats.take-hour',
  text: `
    SELECT tenant_id AS "tenantId", hour, marks FROM stats_hours WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
};

const FINISH: Statement = {
  name: 'stats.finish-hour',
  text: `
    WITH done AS (
      DELETE FROM stats_hours WHERE tenant_id = $1 AND hour = $2 AND marks = $3 RETURNING 1
    )
    UPDATE stats_hours SET due_at = clock_timestamp() + make_interval(secs => $4)
     WHERE tenant_id = $1 AND hour = $2 AND marks <> $3 AND NOT EXISTS (SELECT FROM done)`,
};

/** Says that these hours have to be counted again. */
export async function markStatsHours(tx: SystemQueries, moments: readonly StatsMoment[]): Promise<void> {
  if (moments.length === 0) return;
  await tx.query(MARK, columns(moments, (m) => m.tenantId, (m) => m.at));
}

/** The hour that has waited longest, locked until the transaction ends. */
export async function takeDueHour(tx: SystemTx): Promise<DueHour | undefined> {
  const [row] = await tx.query<DueHour>(TAKE);
  return row;
}

/** The hour is counted. Where it was marked again meanwhile it is due again, after a rest. */
export async function finishHour(tx: SystemTx, { tenantId, hour, marks }: DueHour, restSeconds: number): Promise<void> {
  await tx.query(FINISH, [tenantId, hour, marks, restSeconds]);
}
