import type { SendingHistory, SendingPast } from '@parley/data';
import { debtOf, PAIR_MEMORY_US, pairWaitUs } from './pair-debt.js';
import type { AskedPairs, PermitStore, Reservation, ReserveRequest } from './permit-store.js';
import { SLOW_STEP_MS, SLOW_STEP_SHARE } from './slow-down.js';

/** One named statement as `parley_system`: SystemDb. */
export interface PermitQuery {
  query<Row extends object>(
    statement: { name: string; text: string },
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
}

interface PermitStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * The same reservation in one statement. The row lock makes it one step for all processes, and the clock is read once,
 * under the lock. Values: number, count, interval, lead, horizon, quiet (all in microseconds), when quiet binds.
 */
function reserveStatement(name: string, column: string, share: string): PermitStatement {
  return {
    name,
    text: `
WITH held AS MATERIALIZED (
  SELECT tenant_id, id, ${column} AS next_at, slow_share, slowed_at FROM phone_numbers WHERE id = $1 FOR UPDATE
), clock AS MATERIALIZED (
  SELECT *, clock_timestamp() AS now FROM held
), known AS MATERIALIZED (
  SELECT *, next_at IS NOT NULL AND next_at <= now + ($6::bigint + $3::bigint) * interval '1 microsecond' AS known,
         ceil($3::bigint / ${share})::bigint AS step
    FROM clock
), planned AS MATERIALIZED (
  SELECT tenant_id, id, now, step, greatest(
           now + $4::bigint * interval '1 microsecond',
           CASE WHEN known THEN next_at END,
           CASE WHEN $7 = 'always' OR (NOT known AND (next_at IS NOT NULL OR $7 = 'unless-known'))
                THEN now + $6::bigint * interval '1 microsecond' END) AS first_at
    FROM known
), granted AS MATERIALIZED (
  SELECT tenant_id, id, now, step, first_at,
         greatest(0, least($2::bigint,
           floor(($5::bigint - extract(epoch FROM first_at - now) * 1000000) / step)::bigint + 1)) AS granted
    FROM planned
)
UPDATE phone_numbers AS number
   SET ${column} = granted.first_at + granted.granted * granted.step * interval '1 microsecond'
  FROM granted
 WHERE number.tenant_id = granted.tenant_id AND number.id = granted.id
RETURNING (extract(epoch FROM granted.now) * 1000000)::bigint::text AS now_us,
          (extract(epoch FROM granted.first_at) * 1000000)::bigint::text AS first_at_us,
          granted.granted::int AS granted, granted.step::int AS interval_us`,
  };
}

const SLOWED_SHARE = `coalesce(least(1.0, slow_share::numeric
  + floor(greatest(0, extract(epoch FROM now - slowed_at)) * 1000 / ${SLOW_STEP_MS}) * ${SLOW_STEP_SHARE}), 1.0)`;

const STATEMENTS = {
  number: reserveStatement('permits.reserve', 'next_send_at', SLOWED_SHARE),
  business: reserveStatement('permits.reserve-business', 'next_business_at', '1.0'),
};

/** The statement for a number's own window. */
export const RESERVE_STARTS_STATEMENT = STATEMENTS.number;

const COUNT_INBOUND: PermitStatement = {
  name: 'permits.count-inbound',
  text: `
    UPDATE phone_numbers
       SET next_send_at = greatest(next_send_at, least(
             greatest(next_send_at, clock_timestamp()) + $2::int * interval '1020 milliseconds' / per_second,
             clock_timestamp() + $3::bigint * interval '1 microsecond'))
     WHERE id = $1 AND next_send_at IS NOT NULL`,
};

interface ReservedRow {
  readonly now_us: string;
  readonly first_at_us: string;
  readonly granted: number;
  readonly interval_us: number;
}

/**
 * Start times in the row of the number, by PostgreSQL's clock: what takes over while Redis does not answer. What its pairs
 * may send follows from what they sent: a number belongs to one worker at a time, and its marks are committed.
 */
export class DatabasePermits implements PermitStore {
  constructor(
    private readonly db: PermitQuery,
    private readonly history: Pick<SendingHistory, 'read'>,
  ) {}

  async reserve(request: ReserveRequest): Promise<Reservation> {
    const { numberId, count, intervalUs, leadUs, horizonUs, quietUs, quiet, window = 'number', pairs } = request;
    const pairWaitsUs = pairs ? await this.pairWaits(numberId, pairs) : [];
    const ready = pairs ? pairWaitsUs.filter((waitUs) => waitUs === 0).length : count;
    const values = [numberId, Math.min(count, ready), intervalUs, Math.round(leadUs), horizonUs, quietUs, quiet];
    const [row] = await this.db.query<ReservedRow>(STATEMENTS[window], values);
    if (!row) throw new Error(`There is no phone number ${numberId}`);
    const { now_us: nowUs, first_at_us: firstAtUs, granted, interval_us: step } = row;
    return { nowUs: Number(nowUs), firstAtUs: Number(firstAtUs), granted, intervalUs: step, pairWaitsUs };
  }

  async countInbound(numberId: string, count: number, furthestUs: number): Promise<void> {
    await this.db.query(COUNT_INBOUND, [numberId, count, furthestUs]);
  }

  private async pairWaits(numberId: string, { tenantId, contactIds }: AskedPairs): Promise<number[]> {
    const past = await this.history.read(tenantId, numberId, contactIds, PAIR_MEMORY_US / 1_000_000);
    return contactIds.map((_, at) => waitIn(past, at));
  }
}

function waitIn({ sentAgoMs, restMs }: SendingPast, at: number): number {
  const sentAgoUs = (sentAgoMs[at] ?? []).map((ms) => ms * 1_000);
  return Math.ceil(Math.max(pairWaitUs(debtOf(sentAgoUs)), (restMs[at] ?? 0) * 1_000));
}
