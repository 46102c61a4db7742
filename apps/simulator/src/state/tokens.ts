import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import type { Account, Scope, TokenState } from './account.js';
import { Accounts } from './accounts.js';
import { Clock } from './clock.js';

/** What a token opens, and until when. */
export interface Grant {
  readonly token: string;
  /** The app that the token was given to, where it is named. */
  readonly appId: string | undefined;
  readonly accounts: ReadonlySet<Account>;
  /** What the token may do with one of its accounts. */
  scopesOf(account: Account): readonly Scope[];
  readonly state: TokenState;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds; 0 for a token that never expires. */
  readonly expiresAt: number;
}

/** What a token is made for. */
export interface TokenRequest {
  readonly appId: string;
  readonly wabaIds: readonly string[];
  readonly scopes: readonly Scope[];
  /** Lifetime in seconds; 0 for ever. */
  readonly lifetimeSeconds: number;
}

interface IssuedToken extends TokenRequest {
  state: TokenState;
  readonly issuedAt: number;
}

/** The tokens: those that the accounts were described with, and those given out for the codes of the embedded signup. */
@Injectable()
export class Tokens {
  private readonly issued = new Map<string, IssuedToken>();
  private readonly random: RandomStream;

  constructor(
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    random: SeededRandom,
  ) {
    this.random = random.stream('tokens');
  }

  /** Gives out a business token. */
  issue(request: TokenRequest): string {
    const token = `EAA${this.random.bytes(96).toString('base64url').replaceAll(/[-_]/g, 'Z')}`;
    this.issued.set(token, { ...request, state: 'VALID', issuedAt: this.clock.nowSeconds() });
    return token;
  }

  /** Lets a token that was given out end, as when the customer takes the app away. */
  revoke(token: string, state: TokenState): void {
    const issued = this.issued.get(token);
    if (issued) issued.state = state;
  }

  find(token: string): Grant | undefined {
    const issued = this.issued.get(token);
    return issued ? this.grantOf(token, issued) : this.accountGrant(token);
  }

  clear(): void {
    this.issued.clear();
  }

  private grantOf(token: string, { appId, wabaIds, scopes, state, issuedAt, lifetimeSeconds }: IssuedToken): Grant {
    const accounts = wabaIds.map((id) => this.accounts.find(id)).filter((account) => account !== undefined);
    const expiresAt = lifetimeSeconds === 0 ? 0 : issuedAt + lifetimeSeconds;
    return {
      token,
      appId,
      issuedAt,
      expiresAt,
      accounts: new Set(accounts),
      scopesOf: () => scopes,
      state: state === 'VALID' && this.isPast(expiresAt) ? 'EXPIRED' : state,
    };
  }

  private accountGrant(token: string): Grant | undefined {
    const accounts = this.accounts.ofToken(token);
    const [first] = accounts ?? [];
    if (!accounts || !first) return undefined;
    const { appId, tokenIssuedAt: issuedAt = 0, tokenExpiresAt = 0 } = first;
    const ended = [...accounts].find(({ tokenState }) => tokenState !== 'VALID')?.tokenState;
    const state = ended ?? (this.isPast(tokenExpiresAt) ? 'EXPIRED' : 'VALID');
    // A token that is said to be expired and has no time of its own ended at the beginning of time.
    const expiresAt = state === 'EXPIRED' && tokenExpiresAt === 0 ? 1 : tokenExpiresAt;
    return { token, appId, issuedAt, expiresAt, accounts, scopesOf: ({ scopes }) => scopes, state };
  }

  private isPast(seconds: number): boolean {
    return seconds !== 0 && seconds <= this.clock.nowSeconds();
  }
}
