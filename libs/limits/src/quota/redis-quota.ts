import type { QuotaBlock } from '@parley/data';
import type { Redis, Result } from 'ioredis';
import { EXTEND_QUOTA, GIVE_BACK_QUOTA, RETURN_QUOTA, TAKE_QUOTA } from './quota.lua.js';

type Arguments = (string | number)[];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeQuota(...args: Arguments): Result<[number, number, string, number], Context>;
    extendQuota(...args: Arguments): Result<number, Context>;
    giveBackQuota(...args: Arguments): Result<number, Context>;
    returnQuota(...args: Arguments): Result<[number, string], Context>;
  }
}

export interface TakenFromRedis {
  readonly granted: number;
  readonly resetsInMs: number;
  /** Of which window; null where Redis knows of none. */
  readonly windowMs: number | null;
  readonly isThrottled: boolean;
}

/** The keys that operators know; the braces are a hash tag, so that one script may touch all three on a cluster. */
const keysOf = (tenantId: string): string[] =>
  ['counter', 'limit', 'throttle'].map((name) => `whatsapp:ratelimit:${name}:{${tenantId}}`);

/** Redis' side of the quota: it hands out the blocks that the database reserved. */
export class RedisQuota {
  constructor(private readonly redis: Redis) {
    redis.defineCommand('takeQuota', { numberOfKeys: 3, lua: TAKE_QUOTA });
    redis.defineCommand('extendQuota', { numberOfKeys: 3, lua: EXTEND_QUOTA });
    redis.defineCommand('giveBackQuota', { numberOfKeys: 3, lua: GIVE_BACK_QUOTA });
    redis.defineCommand('returnQuota', { numberOfKeys: 3, lua: RETURN_QUOTA });
  }

  async take(tenantId: string, count: number): Promise<TakenFromRedis> {
    const [granted, resetsInMs, window, throttled] = await this.redis.takeQuota(...keysOf(tenantId), count);
    return { granted, resetsInMs, windowMs: window === '' ? null : Number(window), isThrottled: throttled === 1 };
  }

  /** Adds a block and takes from it in one step. */
  extend(tenantId: string, { from, to, quota, windowMs, resetsInMs }: QuotaBlock, count: number): Promise<number> {
    const ttlMs = Math.max(1, Math.round(resetsInMs));
    return this.redis.extendQuota(...keysOf(tenantId), from, to, windowMs, ttlMs, count, to >= quota ? 1 : 0);
  }

  /** False where the window is over, or Redis does not know of it. */
  async giveBack(tenantId: string, count: number, windowMs: number): Promise<boolean> {
    return (await this.redis.giveBackQuota(...keysOf(tenantId), count, windowMs)) === 1;
  }

  /** Takes back all that was not handed out: the next message asks the database. */
  async returnAll(tenantId: string): Promise<{ unused: number; windowMs: number }> {
    const [unused, window] = await this.redis.returnQuota(...keysOf(tenantId));
    return { unused, windowMs: Number(window) };
  }

  /** What of the window is reserved and not handed out. */
  async unused(tenantId: string): Promise<{ unused: number; windowMs: number } | null> {
    const [counter, limit] = keysOf(tenantId) as [string, string];
    const [counted, [upTo, window]] = await Promise.all([this.redis.get(counter), this.redis.hmget(limit, 'upTo', 'window')]);
    if (!upTo || !window) return null;
    return { unused: Math.max(0, Number(upTo) - Number(counted ?? upTo)), windowMs: Number(window) };
  }
}
