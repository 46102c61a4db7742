import type { TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

// A new day begins with its first row; the row's lock puts two answers at once in order.
const RESERVE: Statement = {
  name: 'automation-usage.reserve',
  text: `
    WITH today AS (
      SELECT t.id AS tenant_id, (now() AT TIME ZONE t.time_zone)::date AS day FROM tenants t WHERE t.id = $1
    )
    INSERT INTO automation_usage AS u (tenant_id, day, tokens)
    SELECT tenant_id, day, $2::bigint FROM today WHERE $3::bigint > 0
    ON CONFLICT (tenant_id, day) DO UPDATE SET tokens = u.tokens + excluded.tokens WHERE u.tokens < $3::bigint
    RETURNING to_char(day, 'YYYY-MM-DD') AS day`,
};

const SETTLE: Statement = {
  name: 'automation-usage.settle',
  text: `UPDATE automation_usage SET tokens = greatest(0, tokens + $3::bigint), answers = answers + $4::int WHERE tenant_id = $1 AND day = $2::date`,
};

/**
 * Sets tokens of the tenant's day aside for one answer, more than it can use, as long as the budget is not used up: so
 * that answers under way together cannot exceed it by more than the last of them. The day; null where nothing is left.
 */
export async function reserveTokens(db: SystemQueries, tenantId: TenantId, tokens: number, budget: number): Promise<string | null> {
  return (await db.query<{ day: string }>(RESERVE, [tenantId, tokens, budget]))[0]?.day ?? null;
}

/** Puts what an answer used in the place of what was set aside for it. */
export async function settleTokens(db: SystemQueries, tenantId: TenantId, day: string, difference: number, answers: number): Promise<void> {
  await db.query(SETTLE, [tenantId, day, difference, answers]);
}
