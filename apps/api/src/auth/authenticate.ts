import { DomainError, RateLimitExceeded, SCOPES } from '@parley/domain';
import type { AuthFailures } from '@parley/limits';
import { logEvent, sha256, type EventLogger, type Metrics } from '@parley/platform';
import { timingSafeEqual } from 'node:crypto';
import { looksLikeApiKey, type ApiKeys } from './api-keys.js';
import type { Caller, PlatformCaller } from './caller.js';
import type { Jwts } from './jwt.js';

/** What of a request says who makes it. */
export interface Credentials {
  /** The header as it came. */
  readonly authorization: string | undefined;
  readonly address: string;
}

export interface AuthenticateParts {
  readonly platformKey: string;
  readonly apiKeys: ApiKeys;
  /** null where the installation takes no JWTs. */
  readonly jwts: Jwts | null;
  readonly failures: Pick<AuthFailures, 'check' | 'fail'>;
  readonly logger: EventLogger;
  readonly metrics: Pick<Metrics, 'inc'>;
}

const PLATFORM: PlatformCaller = { kind: 'platform', actor: 'platform', scopes: new Set(SCOPES) };
/** Longer than any token that we take, and short enough to be refused before it is decoded. */
const MAX_TOKEN_LENGTH = 8_192;
const BEARER = /^Bearer +(\S+) *$/i;

/**
 * Finds out who makes a request: the platform's key, an API key, or a JWT, as a bearer token. An address with too many
 * failures is refused unheard, except for keys that this process has verified before: whoever shares an address with
 * somebody who guesses goes on working.
 */
export class Authenticate {
  private readonly platformKeyHash: Buffer;

  constructor(private readonly parts: AuthenticateParts) {
    this.platformKeyHash = sha256(parts.platformKey);
  }

  /**
   * Answers at once for a key that was verified a moment ago, else by a promise.
   * @throws auth.missing, auth.invalid, rate-limit.exceeded, database.unavailable
   */
  caller({ authorization, address }: Credentials): Caller | Promise<Caller> {
    if (authorization === undefined) throw new DomainError('auth.missing');
    const token = BEARER.exec(authorization)?.[1];
    const recent = token === undefined ? undefined : this.parts.apiKeys.recent(token);
    return recent ?? this.identify(token, address);
  }

  private async identify(token: string | undefined, address: string): Promise<Caller> {
    if (token === undefined || !this.parts.apiKeys.isFamiliar(token)) this.assertNotBlocked(address);
    const caller = token === undefined || token.length > MAX_TOKEN_LENGTH ? null : await this.verify(token);
    if (caller) return caller;
    // Not awaited: counting in Redis must not delay the answer. It does not throw.
    void this.parts.failures.fail(address);
    const kind = kindOf(token);
    this.parts.metrics.inc('auth_failures_total', { kind });
    logEvent(this.parts.logger, 'auth.refused', { kind });
    throw new DomainError('auth.invalid');
  }

  private async verify(token: string): Promise<Caller | null> {
    if (timingSafeEqual(sha256(token), this.platformKeyHash)) return PLATFORM;
    if (looksLikeApiKey(token)) return this.parts.apiKeys.verify(token);
    return this.parts.jwts?.verify(token) ?? null;
  }

  private assertNotBlocked(address: string): void {
    const verdict = this.parts.failures.check(address);
    if (verdict.blocked)
      throw new RateLimitExceeded(verdict.retryAfterSeconds, 'Too many failed authentications from this address.');
  }
}

/** For the log: what it was meant to be, never what it was. */
function kindOf(token: string | undefined): 'api_key' | 'jwt' | 'other' {
  if (token === undefined) return 'other';
  if (looksLikeApiKey(token)) return 'api_key';
  return token.split('.').length === 3 ? 'jwt' : 'other';
}
