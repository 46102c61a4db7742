import { Injectable } from '@nestjs/common';
import { DomainError, type AutomationStepType, type TenantId } from '@parley/domain';
import { GuardedFetch, type GuardedAnswer } from '@parley/http';
import { Config, ShutdownSteps } from '@parley/platform';
import { EndpointBreakers } from './endpoint-breakers.js';
import { StepFailed } from './step-failed.js';

/** One call of an endpoint for a step. */
export interface EndpointCall {
  readonly tenantId: TenantId;
  readonly step: { readonly id: string; readonly type: AutomationStepType };
  readonly url: string;
  /** The operator's own endpoint, which may be anywhere; a tenant's must be public. */
  readonly isOperators: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const WHY: Readonly<Record<string, 'timeout' | 'answer-too-large'>> = { timeout: 'timeout', 'answer-too-large': 'answer-too-large' };

type Timed = 'transcribe' | 'intent' | 'bot' | 'ai';

/**
 * The way of automatic answers to endpoints: a limit of time for each kind of step, 64 kB for an answer, no redirects, and a
 * breaker for each tenant and step.
 */
@Injectable()
export class Endpoints {
  private readonly tenants: Readonly<Record<Timed, GuardedFetch>>;
  private readonly operators: Readonly<Record<Timed, GuardedFetch>>;

  constructor(
    config: Config,
    private readonly breakers: EndpointBreakers,
    shutdown: ShutdownSteps,
  ) {
    const own = [config.AI_URL, config.TRANSCRIPTION_URL].flatMap((url) => (url === undefined ? [] : [new URL(url).origin]));
    // Apart: what the operator's own endpoints may be, tenants must not reach.
    this.tenants = fetchers(config, config.HTTP_ALLOWED_ORIGINS ?? []);
    this.operators = fetchers(config, own);
    const all = [...Object.values(this.tenants), ...Object.values(this.operators)];
    shutdown.add('close-redis', 'automation-endpoints', () => Promise.all(all.map((http) => http.close())));
  }

  /** The answer of a status 2xx. @throws StepFailed, or the signal's reason where the process ends */
  async post(call: EndpointCall, signal: AbortSignal): Promise<GuardedAnswer> {
    return this.breakers.execute(call, () => this.send(call, signal));
  }

  private async send({ step, url, isOperators, headers, body }: EndpointCall, signal: AbortSignal): Promise<GuardedAnswer> {
    const http = (isOperators ? this.operators : this.tenants)[step.type as Timed];
    const answer = await http.fetch(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw failureOf(error);
    });
    const { status } = answer;
    if (status >= 300 && status < 400) throw new StepFailed('redirect', { status });
    if (status < 200 || status >= 300) throw new StepFailed('http-error', { status, isRetryable: status >= 500 || status === 429 });
    return answer;
  }
}

function fetchers(config: Config, allowedOrigins: readonly string[]): Readonly<Record<Timed, GuardedFetch>> {
  const within = (timeoutMs: number) => new GuardedFetch({ allowedOrigins, maxResponseBytes: MAX_ANSWER_BYTES, timeoutMs });
  return {
    transcribe: within(config.TRANSCRIPTION_TIMEOUT_MS),
    intent: within(config.INTENT_TIMEOUT_MS),
    bot: within(config.BOT_TIMEOUT_MS),
    ai: within(config.AI_TIMEOUT_MS),
  };
}

/** Whoever did not answer in time may do so yet: it is not asked again. */
function failureOf(error: unknown): StepFailed {
  if (!(error instanceof DomainError)) return new StepFailed('unreachable', { cause: error });
  if (error.code === 'url.refused') return new StepFailed('address-refused', { cause: error });
  const reason = WHY[String(error.context['reason'])];
  return reason ? new StepFailed(reason, { cause: error }) : new StepFailed('unreachable', { cause: error, isRetryable: true });
}

/** The body as JSON. @throws StepFailed answer-invalid */
export function jsonOf({ body }: GuardedAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new StepFailed('answer-invalid', { cause: error });
  }
}
