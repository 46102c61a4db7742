import { Module } from '@nestjs/common';
import { SystemDb } from '@parley/data';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import type { Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { AuthFailures } from './auth-failures.js';
import { DatabasePermits } from './database-permits.store.js';
import { limiterBreaker } from './limiter-breaker.js';
import { createLimitsRedis } from './limits-redis.js';
import { RedisPermits } from './redis-permits.store.js';
import { SendPermits, type ObserveLimiterMode } from './send-permits.js';

const LIMITS_REDIS = Symbol('the connection of libs/limits');

/** Provides SendPermits and AuthFailures. It needs SystemDb, and the global modules of libs/platform. */
@Module({
  providers: [
    {
      provide: LIMITS_REDIS,
      useFactory: (config: Config, shutdown: ShutdownSteps) => {
        const redis = createLimitsRedis(config.REDIS_URL);
        shutdown.add('close-redis', 'limits', () => redis.disconnect());
        return redis;
      },
      inject: [Config, ShutdownSteps],
    },
    {
      provide: SendPermits,
      useFactory: (redis: Redis, config: Config, db: SystemDb, metrics: Metrics, logger: PinoLogger) =>
        new SendPermits({
          redis: new RedisPermits(redis, `${config.REDIS_PREFIX}:permits`),
          database: new DatabasePermits(db),
          breaker: limiterBreaker(),
          observeMode: observeMode(metrics, logger),
        }),
      inject: [LIMITS_REDIS, Config, SystemDb, Metrics, PinoLogger],
    },
    {
      provide: AuthFailures,
      useFactory: (redis: Redis, config: Config) =>
        new AuthFailures(redis, config.REDIS_PREFIX, config.AUTH_FAILURES_PER_MINUTE),
      inject: [LIMITS_REDIS, Config],
    },
  ],
  exports: [SendPermits, AuthFailures],
})
export class LimitsModule {}

function observeMode(metrics: Metrics, logger: PinoLogger): ObserveLimiterMode {
  const show = (mode: 'redis' | 'database'): void => {
    metrics.set('limiter_mode', mode === 'redis' ? 1 : 0, { mode: 'redis' });
    metrics.set('limiter_mode', mode === 'database' ? 1 : 0, { mode: 'database' });
  };
  show('redis');
  return (mode) => {
    show(mode);
    logEvent(logger, 'limiter.mode_changed', { mode });
  };
}
