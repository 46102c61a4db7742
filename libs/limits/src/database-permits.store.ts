import type { PermitStore, Reservation, ReserveRequest } from './permit-store.js';

/** One named statement as `parley_system`: SystemDb. */
export interface PermitQuery {
  query<Row extends object>(
    statement: { name: string; text: string },
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
}

/**
 * The same reservation in one statement. The row lock makes it one step for all processes, and the clock is read once,
 * under the lock. Values: number, count, interval, lead, horizon, quiet (all in microseconds), when quiet binds.
 */
export const RESERVE_STARTS_STATEMENT = {
  name: 'permits.reserve',
  text: `
WITH held AS MATERIALIZED (
  SELECT tenant_id, id, next_send_at FROM phone_numbers WHERE id = $1 FOR UPDATE
), clock AS MATERIALIZED (
  SELECT *, clock_timestamp() AS now FROM held
), known AS (
  SELECT *, next_send_at IS NOT NULL AND next_send_at <= now + ($6::bigint + $3::bigint) * interval '1 microsecond' AS known
    FROM clock
), planned AS MATERIALIZED (
  SELECT tenant_id, id, now, greatest(
           now + $4::bigint * interval '1 microsecond',
           CASE WHEN known THEN next_send_at END,
           CASE WHEN $7 = 'always' OR (NOT known AND (next_send_at IS NOT NULL OR $7 = 'unless-known'))
                THEN now + $6::bigint * interval '1 microsecond' END) AS first_at
    FROM known
), granted AS MATERIALIZED (
  SELECT tenant_id, id, now, first_at,
         greatest(0, least($2::bigint,
           floor(($5::bigint - extract(epoch FROM first_at - now) * 1000000) / $3::bigint)::bigint + 1)) AS granted
    FROM planned
)
UPDATE phone_numbers AS number
   SET next_send_at = granted.first_at + granted.granted * $3::bigint * interval '1 microsecond'
  FROM granted
 WHERE number.tenant_id = granted.tenant_id AND number.id = granted.id
RETURNING (extract(epoch FROM granted.now) * 1000000)::bigint::text AS now_us,
          (extract(epoch FROM granted.first_at) * 1000000)::bigint::text AS first_at_us,
          granted.granted::int AS granted`,
};

interface ReservedRow {
  readonly now_us: string;
  readonly first_at_us: string;
  readonly granted: number;
}

/** Start times in `phone_numbers.next_send_at`, by PostgreSQL's clock: what takes over while Redis does not answer. */
export class DatabasePermits implements PermitStore {
  constructor(private readonly db: PermitQuery) {}

  async reserve(request: ReserveRequest): Promise<Reservation> {
    const { numberId, count, intervalUs, leadUs, horizonUs, quietUs, quiet } = request;
    const values = [numberId, count, intervalUs, Math.round(leadUs), horizonUs, quietUs, quiet];
    const [row] = await this.db.query<ReservedRow>(RESERVE_STARTS_STATEMENT, values);
    if (!row) throw new Error(`There is no phone number ${numberId}`);
    return { nowUs: Number(row.now_us), firstAtUs: Number(row.first_at_us), granted: row.granted };
  }
}
