import type { AccessLookups } from '@parley/data';
import { DomainError } from '@parley/domain';
import type { GuardedAnswer, GuardedFetch } from '@parley/http';
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleType, type CircuitBreakerPolicy } from 'cockatiel';
import { CredentialMissing, CredentialsUnavailable, CredentialSource, type CredentialOwner } from './credential-source.js';

export interface TenantServiceOptions {
  /** Set by the operator, so it may be private; tenants have no say in it. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly authToken: string;
}

/** So many failures in a row say that the service is away; then it is asked now and then only. */
const FAILURES = 5;
const PROBE_AFTER = { initialDelay: 1_000, maxDelay: 30_000 };

/**
 * A service of the operator's that keeps the tokens of tenants (docs/guides/tenant-service.md). It goes over GuardedFetch,
 * with the configured origin as the only one that is allowed: short answers in a short time, and no redirects, so that
 * neither our secret nor a token goes anywhere else.
 */
export class TenantServiceCredentials extends CredentialSource {
  private readonly breaker: CircuitBreakerPolicy = circuitBreaker(handleType(CredentialsUnavailable), {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: new ExponentialBackoff(PROBE_AFTER),
  });

  constructor(
    private readonly lookups: Pick<AccessLookups, 'wabaIdOf'>,
    private readonly http: Pick<GuardedFetch, 'fetch'>,
    private readonly options: TenantServiceOptions,
  ) {
    super();
  }

  async accessToken({ tenantId, accountId }: CredentialOwner): Promise<string> {
    const wabaId = await this.lookups.wabaIdOf(tenantId, accountId);
    if (wabaId === null) throw new CredentialMissing('The account has no access token.');
    try {
      return await this.breaker.execute(() => this.ask(tenantId, wabaId));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new CredentialsUnavailable('The tenant service failed again and again; it is left alone for a moment.', { cause: error });
    }
  }

  private async ask(tenantId: string, wabaId: string): Promise<string> {
    const path = `/tenants/${encodeURIComponent(tenantId)}/accounts/${encodeURIComponent(wabaId)}/credential`;
    const answer = await this.fetch(this.options.url + path);
    if (answer.status === 404) throw new CredentialMissing('The tenant service has no access token for the account.');
    if (answer.status !== 200) throw new CredentialsUnavailable(`The tenant service answered ${answer.status}.`, retryAfter(answer));
    return tokenOf(answer);
  }

  private async fetch(address: string): Promise<GuardedAnswer> {
    try {
      const headers = { accept: 'application/json', authorization: `Bearer ${this.options.authToken}` };
      return await this.http.fetch(address, { headers });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new CredentialsUnavailable('The tenant service gave no answer.', { cause: error });
    }
  }
}

/** What the service wrote is never part of an error: it may be a token. */
function tokenOf({ body }: GuardedAnswer): string {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString());
  } catch {
    throw new CredentialsUnavailable('The tenant service answered something that is not JSON.');
  }
  const token = typeof answer === 'object' && answer !== null && 'accessToken' in answer ? answer.accessToken : undefined;
  // What a header cannot carry is no token.
  if (typeof token === 'string' && /^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new CredentialsUnavailable('The tenant service answered without an accessToken.');
}

function retryAfter({ headers }: GuardedAnswer): { retryAfterSeconds?: number } {
  const value = headers['retry-after'];
  return typeof value === 'string' && /^\d{1,4}$/.test(value) ? { retryAfterSeconds: Number(value) } : {};
}
