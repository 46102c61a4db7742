import { Redis } from 'ioredis';

/** What a request or a send may wait for Redis. */
const COMMAND_TIMEOUT_MS = 50;
const LONGEST_RECONNECT_MS = 1_000;

/**
 * A connection for limits: it fails at once without Redis, after 50 ms (or the time given) with one that hangs, and reconnects for ever.
 * Errors of the connection show as failing commands; a listener that keeps silent is needed, or they would end the process.
 */
export function createLimitsRedis(url: string, commandTimeoutMs = COMMAND_TIMEOUT_MS): Redis {
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(50 * times, LONGEST_RECONNECT_MS),
  });
  return redis.on('error', () => {});
}
