import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  type CircuitBreakerPolicy,
} from 'cockatiel';

/** So many failures in a row say that Redis is away, and not just late once. */
const FAILURES = 3;
const PROBE_AFTER = { initialDelay: 1_000, maxDelay: 10_000 };

/** Stands before Redis: opens after three failures in a row, then lets one call through now and then. */
export function limiterBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: new ExponentialBackoff(PROBE_AFTER),
  });
}

/** Stands before the quota's Redis: changing sides costs nothing there, and waiting for one that hangs costs seconds. */
export function quotaBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(1), halfOpenAfter: new ExponentialBackoff(PROBE_AFTER) });
}
