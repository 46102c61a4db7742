import { randomUUID } from 'node:crypto';
import { readLookupTarget, type LookupTarget, type SystemQueries } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import type { GuardedAnswer, GuardedFetch } from '@parley/http';
import { SealBroken, type Clock, type Metrics, type Sealer } from '@parley/platform';
import { bulkhead, BulkheadRejectedError, BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleWhen, wrap, type IPolicy } from 'cockatiel';
import { Webhook } from 'standardwebhooks';
import { AnswerInvalid } from './lookup-answers.js';
import { openLookupSecrets, signingSecrets } from './lookup-secret.js';

/** From the question to the last byte: somebody waits for it. */
export const LOOKUP_TIMEOUT_MS = 2_000;
export const LOOKUP_ANSWER_BYTES = 256 * 1024;

export interface TenantSystemParts {
  readonly db: SystemQueries;
  /** With the limits above. */
  readonly http: Pick<GuardedFetch, 'fetch'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'inc'>;
}

/** A question to a tenant's system. */
export interface LookupQuestion {
  /** Below the tenant's address, and the name of the question: `customers/by-phone`. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

/** A tenant's system as it stands configured at this moment. */
export interface ReadySystem {
  /** Changes with the configuration: what is kept under it is never an answer of another address. */
  readonly key: string;
  /** @throws lookup.unavailable, url.refused */
  ask<T>(question: LookupQuestion, read: (answer: unknown) => T): Promise<T | null>;
}

/** So many failures in a row say that it is away; then it is asked now and then only. */
const FAILURES = 5;
const PROBE_AFTER = { initialDelay: 5_000, maxDelay: 60_000 };
/** Questions of one tenant at once in this process, and how many more may wait for their turn. */
const AT_ONCE = 8;
const WAITING = 32;
const MOST_POLICIES = 1_000;

const isAway = (error: unknown): boolean => error instanceof DomainError && error.code === 'lookup.unavailable';

/**
 * Asks the systems of tenants over HTTP, as docs/guides/look-ups.md says: signed POSTs (Standard Webhooks), so that
 * nothing personal stands in an address and nobody else can ask. One tenant's slow or broken system costs its own
 * questions: few at once, two seconds, 256 kB, and a breaker.
 */
export class TenantSystem {
  private readonly policies = new Map<string, IPolicy>();

  constructor(private readonly parts: TenantSystemParts) {}

  /** @throws lookup.not-configured */
  async open(tenantId: TenantId): Promise<ReadySystem> {
    const target = await readLookupTarget(this.parts.db, tenantId);
    const { url, version } = target;
    if (url === null || target.secretSealed === null) throw new DomainError('lookup.not-configured');
    const key = `${tenantId} ${version}`;
    const secrets = this.secretsOf(tenantId, target);
    const base = url.replace(/\/+$/, '');
    return { key, ask: (question, read) => this.guarded(key, () => this.post(`${base}/${question.path}`, question, secrets, read)) };
  }

  private async guarded<T>(key: string, work: () => Promise<T | null>): Promise<T | null> {
    const { metrics } = this.parts;
    try {
      const answer = await this.policyOf(key).execute(work);
      metrics.inc('lookup_requests_total', { outcome: answer === null ? 'nothing' : 'found' });
      return answer;
    } catch (error) {
      metrics.inc('lookup_requests_total', { outcome: 'failed' });
      if (error instanceof BrokenCircuitError) throw unavailable('It failed again and again, so it is left alone for a moment.', error);
      if (error instanceof BulkheadRejectedError) throw unavailable('Too many questions wait for it already.', error);
      throw error;
    }
  }

  private async post<T>(address: string, { path, body }: LookupQuestion, secrets: readonly string[], read: (answer: unknown) => T): Promise<T | null> {
    const text = JSON.stringify({ lookup: path, ...body });
    const answer = await this.fetch(address, text, this.signatureHeaders(secrets, text));
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw unavailable(`It answered ${answer.status}.`);
    try {
      return read(JSON.parse(answer.body.toString('utf8')));
    } catch (error) {
      if (error instanceof AnswerInvalid) throw unavailable(`It answered something else than agreed: ${error.message}.`, error);
      if (error instanceof SyntaxError) throw unavailable('It answered something that is not JSON.');
      throw error;
    }
  }

  private async fetch(address: string, body: string, headers: Readonly<Record<string, string>>): Promise<GuardedAnswer> {
    try {
      return await this.parts.http.fetch(address, { method: 'POST', body, headers, pointer: '/url' });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'url.unreachable') throw error;
      throw unavailable(`It gave no answer: ${String(error.context['reason'])}.`, error);
    }
  }

  private signatureHeaders(secrets: readonly string[], body: string): Record<string, string> {
    const id = `lkp_${randomUUID()}`;
    const now = this.parts.clock.now();
    return {
      accept: 'application/json',
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    };
  }

  private secretsOf(tenantId: TenantId, { secretSealed, secretVersion }: LookupTarget): string[] {
    try {
      return signingSecrets(openLookupSecrets(this.parts.sealer, tenantId, secretVersion!, secretSealed!), this.parts.clock.now());
    } catch (error) {
      if (error instanceof SealBroken) throw unavailable('The secret that signs the questions cannot be opened any more; make a new one.', error);
      throw error;
    }
  }

  private policyOf(key: string): IPolicy {
    const known = this.policies.get(key);
    if (known) return known;
    const breaker = circuitBreaker(handleWhen(isAway), { breaker: new ConsecutiveBreaker(FAILURES), halfOpenAfter: new ExponentialBackoff(PROBE_AFTER) });
    const policy = wrap(bulkhead(AT_ONCE, WAITING), breaker);
    if (this.policies.size >= MOST_POLICIES) this.policies.delete(this.policies.keys().next().value!);
    this.policies.set(key, policy);
    return policy;
  }
}

function unavailable(what: string, cause?: unknown): DomainError {
  return new DomainError('lookup.unavailable', `Your own system was asked. ${what}`, { retryAfterSeconds: 5, ...(cause !== undefined && { cause }) });
}
