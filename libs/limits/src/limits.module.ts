import { Module } from '@nestjs/common';
import { QuotaLedger, SendingHistory, SystemDb, TierBudgets } from '@parley/data';
import { Config, Metrics, ShutdownSteps } from '@parley/platform';
import type { CircuitBreakerPolicy } from 'cockatiel';
import type { Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { AuthFailures } from './auth-failures.js';
import { DatabasePermits } from './database-permits.store.js';
import { Governor } from './governor.js';
import { limiterBreaker, quotaBreaker } from './limiter-breaker.js';
import { createLimitsRedis } from './limits-redis.js';
import { MetaFeedback } from './meta-feedback.js';
import { observeGovernor, observeMode } from './observe-limits.js';
import { Quota } from './quota/quota.js';
import { RedisQuota } from './quota/redis-quota.js';
import { RedisPermits } from './redis-permits.store.js';
import { RequestLimits } from './request-limits.js';
import { SendPermits } from './send-permits.js';

const LIMITS_REDIS = Symbol('the connection of libs/limits');
const PERMITS_REDIS = Symbol('the connection of what counts sends');
const LIMITS_BREAKER = Symbol('what stands before it');

/** What a permit may wait for Redis: no request waits for it, and going over to the database costs each number an empty window. */
const PERMITS_TIMEOUT_MS = 250;
/** What taking from the quota may wait for Redis; it decides about sending, not about a request. */
const QUOTA_TIMEOUT_MS = 2_000;

const connection = {
  provide: LIMITS_REDIS,
  useFactory: (config: Config, shutdown: ShutdownSteps) => {
    const redis = createLimitsRedis(config.REDIS_URL);
    shutdown.add('close-redis', 'limits', () => redis.disconnect());
    return redis;
  },
  inject: [Config, ShutdownSteps],
};

const permitsConnection = {
  provide: PERMITS_REDIS,
  useFactory: (config: Config, shutdown: ShutdownSteps) => {
    const redis = createLimitsRedis(config.REDIS_URL, PERMITS_TIMEOUT_MS);
    shutdown.add('close-redis', 'permits', () => redis.disconnect());
    return redis;
  },
  inject: [Config, ShutdownSteps],
};

const quota = {
  provide: Quota,
  useFactory: (config: Config, db: SystemDb, shutdown: ShutdownSteps, quick: Redis) => {
    const redis = createLimitsRedis(config.REDIS_URL, QUOTA_TIMEOUT_MS);
    shutdown.add('close-redis', 'quota', () => redis.disconnect());
    const windowSeconds = config.QUOTA_WINDOW_SECONDS;
    const ledger = new QuotaLedger(db, { messages: config.QUOTA_MESSAGES, windowSeconds });
    return new Quota({ redis: new RedisQuota(redis), reader: new RedisQuota(quick), ledger, breaker: quotaBreaker(), windowSeconds });
  },
  inject: [Config, SystemDb, ShutdownSteps, LIMITS_REDIS],
};

const governor = {
  provide: Governor,
  useFactory: (
    permits: SendPermits,
    quota: Quota,
    feedback: MetaFeedback,
    db: SystemDb,
    config: Config,
    metrics: Metrics,
    logger: PinoLogger,
  ) =>
    new Governor({
      permits,
      quota,
      feedback,
      tiers: new TierBudgets(db),
      businessPerSecond: config.BUSINESS_INITIATED_PER_SECOND,
      observer: observeGovernor(metrics, logger),
    }),
  inject: [SendPermits, Quota, MetaFeedback, SystemDb, Config, Metrics, PinoLogger],
};

/** Provides Governor, SendPermits, Quota, AuthFailures and RequestLimits. It needs SystemDb, and the global modules of libs/platform. */
@Module({
  providers: [
    connection,
    permitsConnection,
    { provide: LIMITS_BREAKER, useFactory: limiterBreaker },
    { provide: SendingHistory, useFactory: (db: SystemDb) => new SendingHistory(db), inject: [SystemDb] },
    {
      provide: RedisPermits,
      useFactory: (redis: Redis, config: Config, history: SendingHistory) =>
        new RedisPermits(redis, `${config.REDIS_PREFIX}:permits`, history),
      inject: [PERMITS_REDIS, Config, SendingHistory],
    },
    {
      provide: SendPermits,
      useFactory: (
        redis: RedisPermits,
        breaker: CircuitBreakerPolicy,
        history: SendingHistory,
        db: SystemDb,
        metrics: Metrics,
        logger: PinoLogger,
      ) => new SendPermits({ redis, database: new DatabasePermits(db, history), breaker, observeMode: observeMode(metrics, logger) }),
      inject: [RedisPermits, LIMITS_BREAKER, SendingHistory, SystemDb, Metrics, PinoLogger],
    },
    {
      provide: MetaFeedback,
      useFactory: (redis: RedisPermits, history: SendingHistory, breaker: CircuitBreakerPolicy) => new MetaFeedback({ redis, history, breaker }),
      inject: [RedisPermits, SendingHistory, LIMITS_BREAKER],
    },
    quota,
    governor,
    {
      provide: AuthFailures,
      useFactory: (redis: Redis, config: Config) =>
        new AuthFailures(redis, config.REDIS_PREFIX, config.AUTH_FAILURES_PER_MINUTE),
      inject: [LIMITS_REDIS, Config],
    },
    {
      provide: RequestLimits,
      useFactory: (redis: Redis, { REDIS_PREFIX: prefix, RATE_LIMIT_PER_KEY: perKey, RATE_LIMIT_PER_TENANT: perTenant }: Config) =>
        new RequestLimits({ redis, prefix, perKey, perTenant }),
      inject: [LIMITS_REDIS, Config],
    },
  ],
  exports: [Governor, SendPermits, Quota, AuthFailures, RequestLimits],
})
export class LimitsModule {}
