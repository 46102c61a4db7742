import { Global, Module } from '@nestjs/common';
import { Config, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { cachePolicy, createCacheRedis } from './cache-redis.js';
import { Cache, type CacheOptions, type CacheParts } from './cache.js';

/** Makes caches that share one connection and one breaker. */
export class Caches {
  constructor(private readonly parts: CacheParts) {}

  create<T>(options: CacheOptions): Cache<T> {
    return new Cache<T>(this.parts, options);
  }
}

/** Provides Caches everywhere. It needs the global modules of libs/platform. */
@Global()
@Module({
  providers: [
    {
      provide: Caches,
      useFactory: (config: Config, metrics: Metrics, shutdown: ShutdownSteps, logger: PinoLogger) => {
        const redis = createCacheRedis(config.REDIS_URL);
        shutdown.add('close-redis', 'caches', () => redis.disconnect());
        return new Caches({ redis, policy: cachePolicy(logger), metrics, prefix: config.REDIS_PREFIX });
      },
      inject: [Config, Metrics, ShutdownSteps, PinoLogger],
    },
  ],
  exports: [Caches],
})
export class CacheModule {}
