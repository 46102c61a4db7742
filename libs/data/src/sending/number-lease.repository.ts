import type { Statement, SystemDb } from '../system-db.js';
import type { KeptBreaker } from './breaker.repository.js';
import { isFreeToSend } from './holds.repository.js';

/** How long a worker owns a number without renewing: a dead worker's numbers are free again after this. */
export const NUMBER_LEASE_SECONDS = 5;

/** A number whose sending belongs to this process until the lease runs out. epoch is the fencing token. */
export interface LeasedNumber {
  tenantId: string;
  numberId: string;
  graphId: string;
  accountId: string;
  perSecond: number;
  /** The portfolio whose messaging limit its numbers share. */
  portfolioId: string;
  /** Meta's name of that limit: `TIER_250`; null: not known. */
  tier: string | null;
  epoch: string;
  /** The limiter that the previous holder used; null for a number that never sent. */
  previousLimiter: 'redis' | 'database' | null;
  /** The tenant's share of a worker, relative to the others. */
  weight: number;
  /** Null while its circuit breaker is closed. */
  breaker: KeptBreaker | null;
}

const LEASED = `
  n.tenant_id AS "tenantId", n.id AS "numberId", n.graph_id AS "graphId", n.account_id AS "accountId", n.per_second AS "perSecond",
  n.lease_epoch AS epoch, n.limiter AS "previousLimiter", n.tier,
  (SELECT coalesce(a.business_id, a.waba_id) FROM accounts a WHERE a.tenant_id = n.tenant_id AND a.id = n.account_id) AS "portfolioId",
  n.breaker, (SELECT t.weight FROM tenants t WHERE t.id = n.tenant_id) AS weight`;

// A number that another live worker has, or that something holds, is not taken. $1 number, $2 holder.
export const TAKE_LEASE = `
      UPDATE phone_numbers n
         SET lease_holder = $2, lease_epoch = n.lease_epoch + 1, lease_until = now() + interval '${NUMBER_LEASE_SECONDS} seconds'
       WHERE n.id = $1
         AND (n.lease_until IS NULL OR n.lease_until <= now() OR n.lease_holder = $2)
         AND (n.probing_until IS NULL OR n.probing_until <= now()) AND ${isFreeToSend('n')}
      RETURNING ${LEASED}`;

// The epoch stays: what was claimed under it and is not marked yet still may be.
const RENEW: Statement = {
  name: 'lease.renew',
  text: `
    UPDATE phone_numbers n SET lease_until = now() + interval '${NUMBER_LEASE_SECONDS} seconds'
     WHERE n.tenant_id = $1 AND n.id = $2 AND n.lease_epoch = $3 AND n.lease_until > now() AND ${isFreeToSend('n')}
    RETURNING ${LEASED}`,
};

const OWNER: Statement = {
  name: 'lease.owner',
  text: `
    SELECT n.tenant_id AS "tenantId", t.weight FROM phone_numbers n JOIN tenants t ON t.id = n.tenant_id WHERE n.id = $1`,
};

const NOTE_LIMITER: Statement = {
  name: 'lease.note-limiter',
  text: `UPDATE phone_numbers SET limiter = $4 WHERE tenant_id = $1 AND id = $2 AND lease_epoch = $3 RETURNING id`,
};

// Gives the number back and tells in the same breath whether work is left, so that no wake-up is lost in between.
const RELEASE: Statement = {
  name: 'lease.release',
  text: `
    UPDATE phone_numbers n SET lease_until = NULL, lease_holder = NULL, late_ms = $4
     WHERE n.tenant_id = $1 AND n.id = $2 AND n.lease_epoch = $3
    RETURNING EXISTS (SELECT FROM messages m WHERE m.phone_number_id = n.id AND m.state = 'QUEUED') AS due`,
};

/** Renews and gives back the right to send for a number. Every claim renews it too; `Claims.open` takes it. */
export class NumberLeases {
  constructor(private readonly db: SystemDb) {}

  /** The number as it is now, under the same epoch; null when the lease was lost, or something holds the number. */
  async renew(lease: LeasedNumber): Promise<LeasedNumber | null> {
    const [row] = await this.db.query<LeasedNumber>(RENEW, [lease.tenantId, lease.numberId, lease.epoch]);
    return row ?? null;
  }

  /** Whose number it is; null for one that there is not. */
  async ownerOf(numberId: string): Promise<Pick<LeasedNumber, 'tenantId' | 'weight'> | null> {
    return (await this.db.query<Pick<LeasedNumber, 'tenantId' | 'weight'>>(OWNER, [numberId]))[0] ?? null;
  }

  /** Remembers which limiter counts for this number, so that the next holder knows when it changes sides. */
  async noteLimiter(lease: LeasedNumber, limiter: 'redis' | 'database'): Promise<boolean> {
    return (await this.db.query(NOTE_LIMITER, [lease.tenantId, lease.numberId, lease.epoch, limiter])).length > 0;
  }

  /**
   * Gives the number back; true when due work is left.
   * @param lateMs how late its messages left although it might have sent them at once
   */
  async release(lease: LeasedNumber, lateMs = 0): Promise<boolean> {
    const [row] = await this.db.query<{ due: boolean }>(RELEASE, [lease.tenantId, lease.numberId, lease.epoch, Math.round(lateMs)]);
    return row?.due ?? false;
  }
}
