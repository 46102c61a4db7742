import { circuitBreaker, ConsecutiveBreaker, handleAll, type IPolicy } from 'cockatiel';
import { logEvent, type EventLogger } from '@parley/platform';
import { Redis } from 'ioredis';

/** What a reader may wait for Redis before it asks Postgres. */
const COMMAND_TIMEOUT_MS = 50;
const FAILURES = 3;
const PROBE_AFTER_MS = 1_000;

/** A connection for caches: it fails at once without Redis, after 50 ms with one that hangs, and reconnects for ever. */
export function createCacheRedis(url: string): Redis {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * times, 1_000),
  });
  // Without a listener an outage would end the process; it shows in the commands that fail.
  return redis.on('error', () => {});
}

/** After three failures in a row nobody waits for Redis for a second. Logs each change once. */
export function cachePolicy(logger: EventLogger): IPolicy {
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: PROBE_AFTER_MS,
  });
  let isAway = false;
  breaker.onBreak(() => {
    if (!isAway) logEvent(logger, 'cache.unavailable');
    isAway = true;
  });
  breaker.onReset(() => {
    isAway = false;
    logEvent(logger, 'cache.recovered');
  });
  return breaker;
}
