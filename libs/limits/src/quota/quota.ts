import type { QuotaLedger } from '@parley/data';
import { CircuitState, type CircuitBreakerPolicy } from 'cockatiel';
import type { PermitBackend } from '../permit-store.js';
import type { RedisQuota } from './redis-quota.js';

export interface TakenQuota {
  readonly granted: number;
  /** Where less was granted than wanted: when the window ends. */
  readonly resetsInMs: number;
  /** To give units back to; null where none was granted. */
  readonly windowMs: number | null;
}

/** An organisation's quota as its people see it. */
export interface QuotaView {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetsInMs: number;
  /** Nothing is left: messages wait for the reset. */
  readonly throttled: boolean;
  readonly mode: PermitBackend;
}

export interface QuotaParts {
  readonly redis: RedisQuota;
  /** For those who only look, and do not wait as long for Redis. */
  readonly reader: Pick<RedisQuota, 'unused'>;
  readonly ledger: QuotaLedger;
  /** Open: the database counts by itself. Changing sides costs nothing, so that one failure opens it. */
  readonly breaker: CircuitBreakerPolicy;
  readonly windowSeconds: number;
}

/** The database is asked once for so many messages, so that a wiped Redis can lose no more than that. */
const BLOCK = 10;

/**
 * What an organisation may send in its window. The database reserves blocks, Redis hands them out; without Redis the
 * database hands out each message by itself. The sum is never above the quota, whichever of them counts, is wiped or
 * comes back: Redis has only what the database reserved for it.
 */
export class Quota {
  private readonly extending = new Map<string, Promise<void>>();

  constructor(private readonly parts: QuotaParts) {}

  /** As many of `count` messages as are left. */
  async take(tenantId: string, count: number): Promise<TakenQuota> {
    const taken = await this.inRedis((redis) => redis.take(tenantId, count));
    if (!taken) return this.takeFromLedger(tenantId, count);
    const missing = count - taken.granted;
    if (missing === 0 || taken.isThrottled) return taken;
    const running = this.extending.get(tenantId);
    const rest = running ? await running.then(() => this.take(tenantId, missing)) : await this.extend(tenantId, missing);
    // What was taken from the window before is as good, but cannot be given back into this one.
    const isOneWindow = taken.granted === 0 || taken.windowMs === rest.windowMs;
    return { granted: taken.granted + rest.granted, resetsInMs: rest.resetsInMs, windowMs: isOneWindow ? rest.windowMs : null };
  }

  /** Takes back what was taken for messages that did not leave. Of a window that is over nothing is given back. */
  async giveBack(tenantId: string, count: number, windowMs: number): Promise<void> {
    const isAway = this.parts.breaker.state === CircuitState.Open;
    const isBack = isAway ? false : await this.inRedis((redis) => redis.giveBack(tenantId, count, windowMs));
    // Where Redis failed it may have taken them back all the same: what is given back twice would be sent twice.
    if (isBack === false) await this.parts.ledger.giveBack(tenantId, count, windowMs);
  }

  /** After an operator's change: what Redis still holds goes back, and the next message asks the database. */
  async refresh(tenantId: string): Promise<void> {
    const held = await this.inRedis((redis) => redis.returnAll(tenantId));
    if (held && held.unused > 0) await this.parts.ledger.giveBack(tenantId, held.unused, held.windowMs);
  }

  /** null for a tenant that does not exist. */
  async view(tenantId: string): Promise<QuotaView | null> {
    const state = await this.parts.ledger.read(tenantId);
    if (!state) return null;
    const held = await this.inRedis(async () => (await this.parts.reader.unused(tenantId)) ?? NOTHING_HELD);
    const unused = held?.windowMs === state.windowMs ? held.unused : 0;
    const used = Math.max(0, state.reserved - unused);
    const remaining = Math.max(0, state.quota - used);
    const { quota: limit, resetsInMs } = state;
    return { limit, used, remaining, resetsInMs, throttled: remaining === 0, mode: held ? 'redis' : 'database' };
  }

  /** In seconds. */
  get window(): number {
    return this.parts.windowSeconds;
  }

  /** One block at a time: whoever else is short meanwhile waits for it. */
  private async extend(tenantId: string, missing: number): Promise<TakenQuota> {
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    this.extending.set(tenantId, isOver);
    try {
      const block = await this.parts.ledger.reserve(tenantId, missing, BLOCK);
      const granted = await this.inRedis((redis) => redis.extend(tenantId, block, missing));
      const { resetsInMs, windowMs, from, to } = block;
      // What Redis could not be told of is handed out here, and the rest of the block stays unused.
      return { granted: granted ?? Math.min(missing, to - from), resetsInMs, windowMs };
    } finally {
      this.extending.delete(tenantId);
      resolve();
    }
  }

  private async takeFromLedger(tenantId: string, count: number): Promise<TakenQuota> {
    const { from, to, resetsInMs, windowMs } = await this.parts.ledger.reserve(tenantId, count, 1);
    return { granted: to - from, resetsInMs, windowMs };
  }

  /** null: Redis did not answer. */
  private async inRedis<T>(work: (redis: RedisQuota) => Promise<T>): Promise<T | null> {
    try {
      return await this.parts.breaker.execute(() => work(this.parts.redis));
    } catch {
      // The limiter's change of mode tells of it; the database counts.
      return null;
    }
  }
}

const NOTHING_HELD = { unused: 0, windowMs: 0 };
