import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { assertHandlers } from './assert-handlers.js';
import { queueOf } from './job-options.js';
import { JobProcessor } from './job-processor.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';
import { QueueHealth } from './queue-health.js';
import { createWorkerRedis } from './queue-redis.js';
import { QueueWorker } from './queue-worker.js';
import { runJob } from './run-job.js';

/** A worker that died holds its jobs for so long. Correctness does not rest on it: the number's lease does that. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
const MAX_STALLED = 1_000;
const LOOK_EVERY_MS = 5_000;
/** After an error of Redis BullMQ would wait 15 s before it fetches again. */
const RETRY_MS = 1_000;

/**
 * Starts one worker for each queue when the application stands, checks that every declared job has its processor, and
 * ends them in the shutdown's order. Starting does not wait for Redis: without it the workers stay connecting.
 */
@Injectable()
export class JobWorkers implements OnApplicationBootstrap {
  private readonly ending = new AbortController();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly config: Config,
    private readonly metrics: Metrics,
    private readonly shutdown: ShutdownSteps,
    private readonly health: QueueHealth,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    const found = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    const processors = assertHandlers(found.filter((instance) => instance instanceof JobProcessor));
    const redis = createWorkerRedis(this.config.REDIS_URL);
    this.tellOfOutages(redis);
    const workers = QUEUE_NAMES.map((queue) => this.start(queue, processors, redis));
    const watchdog = setInterval(() => workers.forEach((worker) => void worker.look()), LOOK_EVERY_MS).unref();

    this.shutdown.add('stop-intake', 'job-workers', () => {
      clearInterval(watchdog);
      this.ending.abort();
      for (const worker of workers) worker.stop();
    });
    this.shutdown.add('finish-jobs', 'job-workers', () => Promise.all(workers.map((worker) => worker.close())));
    this.shutdown.add('close-redis', 'job-workers', () => redis.disconnect());
  }

  private start(queue: QueueName, all: ReadonlyMap<string, JobProcessor>, redis: Redis): QueueWorker {
    const processors = new Map([...all].filter(([, processor]) => queueOf(processor.job) === queue));
    const concurrency = [...processors.values()].reduce((sum, processor) => sum + processor.concurrency, 0);
    const { metrics, logger } = this;
    return new QueueWorker({
      concurrency,
      create: (process) =>
        new Worker(queue, process, {
          connection: redis,
          prefix: this.config.REDIS_PREFIX,
          concurrency,
          lockDuration: LOCK_MS,
          stalledInterval: STALLED_CHECK_MS,
          maxStalledCount: MAX_STALLED,
          runRetryDelay: RETRY_MS,
        }),
      run: (job, token) => runJob({ processors, metrics, logger }, job, token, this.ending.signal),
      countWaiting: () => this.health.countWaiting(queue),
      onRecreated: () => logEvent(logger, 'queue.recovered', { side: 'worker', queue, recreated: true }),
    });
  }

  /** Once when Redis goes, once when it is back. */
  private tellOfOutages(redis: Redis): void {
    let isAway = false;
    redis.on('close', () => {
      if (!isAway && !this.shutdown.isShuttingDown) logEvent(this.logger, 'queue.unavailable', { side: 'worker' });
      isAway = true;
    });
    redis.on('ready', () => {
      if (isAway) logEvent(this.logger, 'queue.recovered', { side: 'worker' });
      isAway = false;
    });
  }
}
