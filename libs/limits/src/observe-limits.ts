import { logEvent, type Metrics } from '@parley/platform';
import type { PinoLogger } from 'nestjs-pino';
import type { GovernorObserver } from './admission.js';
import type { ObserveLimiterMode } from './send-permits.js';

/** Organisations whose spent quota is remembered, so that each window is told of once. */
const MOST_SPENT = 10_000;

/** Shows where the limiter counts, and logs each change. */
export function observeMode(metrics: Metrics, logger: PinoLogger): ObserveLimiterMode {
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

/** Counts what waits and why; logs a spent quota once a window, and each slow-down. */
export function observeGovernor(metrics: Metrics, logger: PinoLogger): GovernorObserver {
  const spentUntilMs = new Map<string, number>();
  return {
    waited: (cause, count) => metrics.add('limiter_throttled_total', count, { cause }),
    quotaSpent(tenantId, resetsInMs) {
      const nowMs = performance.now();
      if ((spentUntilMs.get(tenantId) ?? 0) > nowMs) return;
      if (spentUntilMs.size >= MOST_SPENT) spentUntilMs.clear();
      spentUntilMs.set(tenantId, nowMs + resetsInMs);
      logEvent(logger, 'quota.spent', { tenantId, resetsInMs });
    },
    slowed: (numberId, share) => logEvent(logger, 'number.slowed', { numberId, share }),
    failed: (err) => logEvent(logger, 'limiter.give_back_failed', { err: err instanceof Error ? err : new Error(String(err)) }),
  };
}
