import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueName } from './jobs.js';

/** What lies in one queue. */
export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

export type RedisPing =
  { readonly ok: true; readonly latencyMs: number } | { readonly ok: false; readonly reason: string };

/** Looks at Redis and the queues for health. Nothing here throws or waits for a Redis that is away. */
export class QueueHealth {
  constructor(
    private readonly redis: Redis,
    private readonly queues: ReadonlyMap<QueueName, Queue>,
  ) {}

  async ping(): Promise<RedisPing> {
    const startedMs = performance.now();
    try {
      await this.redis.ping();
      return { ok: true, latencyMs: performance.now() - startedMs };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The depth of each queue; undefined while Redis does not answer. */
  async depths(): Promise<ReadonlyMap<QueueName, QueueDepth> | undefined> {
    return this.ask(async () => {
      const depths = [...this.queues].map(async ([name, queue]): Promise<[QueueName, QueueDepth]> => {
        const {
          wait = 0,
          active = 0,
          delayed = 0,
          failed = 0,
        } = await queue.getJobCounts('wait', 'active', 'delayed', 'failed');
        return [name, { waiting: wait, active, delayed, failed }];
      });
      return new Map(await Promise.all(depths));
    });
  }

  /** Jobs that wait in a queue; undefined while Redis does not answer. */
  async countWaiting(name: QueueName): Promise<number | undefined> {
    return this.ask(async () => this.queues.get(name)?.getWaitingCount());
  }

  private async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    // BullMQ's commands would wait for the first connection.
    if (this.redis.status !== 'ready') return undefined;
    try {
      return await question();
    } catch {
      // Health says that Redis is away; the caller has nothing to add.
      return undefined;
    }
  }
}
