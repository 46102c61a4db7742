import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import { Clock } from './clock.js';
import type { TokenRequest } from './tokens.js';

/** Meta does not publish it; about half a minute was seen. */
const DEFAULT_LIFETIME_SECONDS = 30;

/** Codes beyond this many make room for new ones. */
const MAX_KEPT = 10_000;

interface IssuedCode {
  readonly grants: TokenRequest;
  /** Unix seconds. */
  readonly expiresAt: number;
  isUsed: boolean;
}

/** Why a code is worth nothing. */
export type CodeFault = 'unknown' | 'used' | 'expired';

/** The codes that the embedded signup hands to the browser, each good for one token. */
@Injectable()
export class OAuthCodes {
  private readonly codes = new Map<string, IssuedCode>();
  private readonly random: RandomStream;

  constructor(
    private readonly clock: Clock,
    random: SeededRandom,
  ) {
    this.random = random.stream('oauth-codes');
  }

  /** Makes a code, as if a customer had gone through the signup. */
  issue(grants: TokenRequest, lifetimeSeconds = DEFAULT_LIFETIME_SECONDS): string {
    const code = `AQ${this.random.bytes(96).toString('base64url')}`;
    this.codes.set(code, { grants, expiresAt: this.clock.nowSeconds() + lifetimeSeconds, isUsed: false });
    const [oldest] = this.codes.keys();
    if (this.codes.size > MAX_KEPT && oldest !== undefined) this.codes.delete(oldest);
    return code;
  }

  /** Uses a code up. @returns what its token is to be made for, or why there is none */
  redeem(code: string, appId: string): TokenRequest | CodeFault {
    const issued = this.codes.get(code);
    if (!issued || issued.grants.appId !== appId) return 'unknown';
    if (issued.isUsed) return 'used';
    if (issued.expiresAt <= this.clock.nowSeconds()) return 'expired';
    issued.isUsed = true;
    return issued.grants;
  }

  clear(): void {
    this.codes.clear();
  }
}
