import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Global, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Config, Metrics, ShutdownSteps } from '@parley/platform';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { JobProducer } from './job-producer.js';
import { JobWorkers } from './job-workers.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';
import { producerPolicy } from './producer-policy.js';
import { QueueHealth } from './queue-health.js';
import { createProducerRedis } from './queue-redis.js';

const PRODUCER_REDIS = Symbol('the connection of the producers');
const QUEUES = Symbol('the queues by name');

@Module({
  providers: [
    {
      provide: PRODUCER_REDIS,
      useFactory: (config: Config, shutdown: ShutdownSteps) => {
        const redis = createProducerRedis(config.REDIS_URL);
        shutdown.add('close-redis', 'job-producer', () => redis.disconnect());
        return redis;
      },
      inject: [Config, ShutdownSteps],
    },
  ],
  exports: [PRODUCER_REDIS],
})
class ProducerRedisModule {}

const queues: Provider = {
  provide: QUEUES,
  useFactory: (...instances: Queue[]) => {
    // BullMQ prints what nobody listens to; outages are told once by the producer's policy.
    for (const queue of instances) queue.on('error', () => {});
    return new Map(QUEUE_NAMES.map((name, at) => [name, instances[at]]));
  },
  inject: QUEUE_NAMES.map((name) => getQueueToken(name)),
};

/** Provides JobProducer and QueueHealth everywhere. Starting does not wait for Redis. */
@Global()
@Module({
  imports: [
    ProducerRedisModule,
    BullModule.forRootAsync({
      imports: [ProducerRedisModule],
      // skipWaitingForReady stays off: a queue made with it while Redis is away never works again (BullMQ 6.7).
      // JobProducer looks at the connection instead.
      useFactory: (connection: Redis, config: Config) => ({ connection, prefix: config.REDIS_PREFIX }),
      inject: [PRODUCER_REDIS, Config],
    }),
    BullModule.registerQueue(...QUEUE_NAMES.map((name) => ({ name, streams: { events: { maxLen: 100 } } }))),
  ],
  providers: [
    queues,
    {
      provide: JobProducer,
      useFactory: (
        byName: ReadonlyMap<QueueName, Queue>,
        redis: Redis,
        metrics: Metrics,
        shutdown: ShutdownSteps,
        logger: PinoLogger,
      ) => {
        const isReady = (): boolean => redis.status === 'ready';
        const producer = new JobProducer({ queues: byName, policy: producerPolicy(logger), isReady, metrics });
        shutdown.add('flush-batchers', 'job-producer', () => producer.flush());
        return producer;
      },
      inject: [QUEUES, PRODUCER_REDIS, Metrics, ShutdownSteps, PinoLogger],
    },
    {
      provide: QueueHealth,
      useFactory: (redis: Redis, byName: ReadonlyMap<QueueName, Queue>) => new QueueHealth(redis, byName),
      inject: [PRODUCER_REDIS, QUEUES],
    },
  ],
  exports: [JobProducer, QueueHealth],
})
export class QueueModule {}

/** Runs the application's JobProcessors. For the worker; it needs QueueModule and the global modules of libs/platform. */
@Module({ imports: [DiscoveryModule], providers: [JobWorkers] })
export class JobWorkersModule {}
