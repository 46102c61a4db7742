import { Injectable } from '@nestjs/common';
import { logEvent, Metrics } from '@parley/platform';
import { circuitBreaker, ConsecutiveBreaker, handleType, isBrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import { PinoLogger } from 'nestjs-pino';
import type { EndpointCall } from './endpoints.js';
import { StepFailed } from './step-failed.js';

const FAILURES = 5;
/** Then one call finds out whether it is over. */
const OPEN_MS = 30_000;
const MAX_KEPT = 10_000;

type Guarded = Pick<EndpointCall, 'tenantId' | 'step'>;

/** A circuit breaker for each tenant and step: an endpoint that fails five times in a row is left alone for half a minute. */
@Injectable()
export class EndpointBreakers {
  private readonly kept = new Map<string, CircuitBreakerPolicy>();

  constructor(
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** @throws StepFailed breaker while it is open, and whatever the work throws; only StepFailed counts against the endpoint */
  async execute<T>(call: Guarded, work: () => Promise<T>): Promise<T> {
    try {
      return await this.of(call).execute(work);
    } catch (error) {
      throw isBrokenCircuitError(error) ? new StepFailed('breaker') : error;
    }
  }

  private of(call: Guarded): CircuitBreakerPolicy {
    const key = `${call.tenantId} ${call.step.id}`;
    const known = this.kept.get(key);
    if (known) return known;
    const policy = circuitBreaker(handleType(StepFailed), { breaker: new ConsecutiveBreaker(FAILURES), halfOpenAfter: OPEN_MS });
    policy.onBreak(() => this.tell(call, 'opened'));
    policy.onReset(() => this.tell(call, 'closed'));
    if (this.kept.size >= MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, policy);
    return policy;
  }

  private tell({ tenantId, step }: Guarded, change: 'opened' | 'closed'): void {
    this.metrics.inc('automation_breaker_changes_total', { step: step.type, change });
    logEvent(this.logger, 'automation.breaker_changed', { tenantId, step: step.id, to: change });
  }
}
