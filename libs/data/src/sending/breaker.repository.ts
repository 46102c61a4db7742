import type { Statement, SystemDb } from '../system-db.js';

/** What is kept of the circuit breaker of a number while it is not closed. */
export interface KeptBreaker {
  /** How often it opened since it was closed last: each time it stays open for longer. */
  readonly openings: number;
}

/** The number that a breaker belongs to. */
export interface BreakerOwner {
  tenantId: string;
  numberId: string;
}

/** How long a probe may take to be answered: longer than a POST. */
const PROBE_SECONDS = 45;

const KEEP: Statement = {
  name: 'breaker.keep',
  text: `UPDATE phone_numbers SET breaker = $3::json, probing_until = NULL WHERE tenant_id = $1 AND id = $2 RETURNING id`,
};

const PROBE: Statement = {
  name: 'breaker.probe',
  text: `
    UPDATE phone_numbers SET probing_until = now() + interval '${PROBE_SECONDS} seconds'
     WHERE tenant_id = $1 AND id = $2 AND breaker IS NOT NULL RETURNING id`,
};

/** Keeps the state of a number's breaker for the next worker that leases the number; null: it is closed. */
export async function keepBreaker(db: SystemDb, { tenantId, numberId }: BreakerOwner, breaker: KeptBreaker | null): Promise<void> {
  await db.query(KEEP, [tenantId, numberId, breaker === null ? null : JSON.stringify(breaker)]);
}

/** Notes that probes are under way: until their outcome is kept, or took too long, nobody else takes the number. */
export async function noteProbing(db: SystemDb, { tenantId, numberId }: BreakerOwner): Promise<void> {
  await db.query(PROBE, [tenantId, numberId]);
}
