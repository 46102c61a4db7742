import { QuotaLedger, SendingHistory, SystemDb, TierBudgets } from '@parley/data';
import {
  createLimitsRedis,
  DatabasePermits,
  Governor,
  limiterBreaker,
  MetaFeedback,
  Quota,
  quotaBreaker,
  RedisPermits,
  RedisQuota,
  SendPermits,
  type GovernorObserver,
  type PermitBackend,
} from '@parley/limits';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import type pg from 'pg';

/** The limits as a worker has them, on a Redis and a database of the spec. */
export interface LimitsOfWorker {
  readonly governor: Governor;
  readonly permits: SendPermits;
  readonly quota: Quota;
  readonly redisPermits: RedisPermits;
  readonly redis: Redis;
  readonly modes: PermitBackend[];
  readonly observed: string[];
  close(): void;
}

export interface LimitsOptions {
  redisUrl: string;
  pool: pg.Pool;
  quotaMessages?: number;
  quotaWindowSeconds?: number;
  businessPerSecond?: number;
}

/** Another process, as far as limits go: connections, breakers and memory of its own. */
export async function openLimits({ redisUrl, pool, ...options }: LimitsOptions): Promise<LimitsOfWorker> {
  const { quotaMessages = 1_000, quotaWindowSeconds = 86_400, businessPerSecond = 1_000 } = options;
  // Generous: one slow answer on a busy machine is no lone failure of Redis.
  const [redis, quotaRedis] = [createLimitsRedis(redisUrl, 2_000), createLimitsRedis(redisUrl, 2_000)];
  await Promise.all([redis, quotaRedis].map((one) => once(one, 'ready')));
  const db = new SystemDb(pool);
  const history = new SendingHistory(db);
  const redisPermits = new RedisPermits(redis, 'parley-test:permits', history);
  const breaker = limiterBreaker();
  const modes: PermitBackend[] = [];
  const observed: string[] = [];
  const database = new DatabasePermits(db, history);
  const permits = new SendPermits({ redis: redisPermits, database, breaker, observeMode: (mode) => modes.push(mode) });
  const ledger = new QuotaLedger(db, { messages: quotaMessages, windowSeconds: quotaWindowSeconds });
  const quota = new Quota({ redis: new RedisQuota(quotaRedis), reader: new RedisQuota(redis), ledger, breaker: quotaBreaker(), windowSeconds: quotaWindowSeconds });
  const feedback = new MetaFeedback({ redis: redisPermits, history, breaker });
  const observer: GovernorObserver = {
    waited: (cause, count) => observed.push(`${count} waited for ${cause}`),
    quotaSpent: () => observed.push('quota spent'),
    slowed: (_, share) => observed.push(`slowed to ${share}`),
    failed: (error) => observed.push(`failed: ${String(error)}`),
  };
  const governor = new Governor({ permits, quota, tiers: new TierBudgets(db), feedback, businessPerSecond, observer });
  const close = (): void => [redis, quotaRedis].forEach((one) => one.disconnect());
  return { governor, permits, quota, redisPermits, redis, modes, observed, close };
}
