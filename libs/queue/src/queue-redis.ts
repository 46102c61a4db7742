import { Redis } from 'ioredis';

/** How long a producer waits for Redis. Nobody waits for the producer. */
export const PRODUCER_TIMEOUT_MS = 1_000;
const LONGEST_RECONNECT_MS = 1_000;

const retryStrategy = (times: number): number => Math.min(50 * times, LONGEST_RECONNECT_MS);

/** Commands of producers fail at once without Redis: what is lost is a wake-up, and the poll finds the work. */
export function createProducerRedis(url: string): Redis {
  const redis = new Redis(url, {
    commandTimeout: PRODUCER_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy,
  });
  // Without a listener an outage would end the process; it shows in the commands that fail.
  return redis.on('error', () => {});
}

/** Workers wait for Redis as long as it takes; BullMQ demands `maxRetriesPerRequest: null`. */
export function createWorkerRedis(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null, retryStrategy }).on('error', () => {});
}
