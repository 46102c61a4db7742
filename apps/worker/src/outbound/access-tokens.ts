import { Injectable } from '@nestjs/common';
import { CredentialSource } from '@parley/messaging';
import { Clock } from '@parley/platform';

const KEPT_MS = 15 * 60_000;
const MAX_KEPT = 10_000;

interface Kept {
  /** The token itself once it is there. */
  token: string | Promise<string>;
  readonly until: number;
}

/**
 * Access tokens in clear, in this process only, for 15 minutes. The claim names the version of the credential, and the
 * version is part of the key: a changed token takes effect with the next claim, with or without Redis. Many that ask at
 * once share one answer.
 */
@Injectable()
export class AccessTokens {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly source: CredentialSource,
    private readonly clock: Clock,
  ) {}

  /** At once where it is known. @throws CredentialMissing, CredentialsUnavailable; neither is kept */
  get(tenantId: string, accountId: string, version: number): string | Promise<string> {
    const key = keyOf(accountId, version);
    const known = this.kept.get(key);
    if (known && known.until > this.clock.monotonicMs()) return known.token;
    if (this.kept.size >= MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    const asked = this.source.accessToken({ tenantId, accountId });
    const kept: Kept = { token: asked, until: this.clock.monotonicMs() + KEPT_MS };
    this.kept.set(key, kept);
    asked.then(
      (token) => (kept.token = token),
      () => this.kept.get(key) === kept && this.kept.delete(key),
    );
    return asked;
  }

  /** Forgets a token that Meta refused: the source may have another one by now. */
  drop(accountId: string, version: number): void {
    this.kept.delete(keyOf(accountId, version));
  }
}

function keyOf(accountId: string, version: number): string {
  return `${accountId} ${version}`;
}
