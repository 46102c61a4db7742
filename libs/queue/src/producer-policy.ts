import { circuitBreaker, ConsecutiveBreaker, handleAll, timeout, TimeoutStrategy, wrap, type IPolicy } from 'cockatiel';
import { logEvent, type EventLogger } from '@parley/platform';
import { PRODUCER_TIMEOUT_MS } from './queue-redis.js';

const FAILURES = 3;
const PROBE_AFTER_MS = 500;

/** One second for a set; after three failures in a row nothing is tried for half a second. Logs each change once. */
export function producerPolicy(logger: EventLogger): IPolicy {
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: PROBE_AFTER_MS,
  });
  let isAway = false;
  breaker.onBreak(() => {
    // It breaks again at each probe that fails.
    if (!isAway) logEvent(logger, 'queue.unavailable', { side: 'producer' });
    isAway = true;
  });
  breaker.onReset(() => {
    isAway = false;
    logEvent(logger, 'queue.recovered', { side: 'producer' });
  });
  return wrap(breaker, timeout(PRODUCER_TIMEOUT_MS, TimeoutStrategy.Aggressive));
}
