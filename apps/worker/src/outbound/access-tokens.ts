import { Injectable } from '@nestjs/common';
import { AccessLookups } from '@parley/data';
import { accountTokenPlace } from '@parley/messaging';
import { Clock, Sealer } from '@parley/platform';

const KEPT_MS = 15 * 60_000;
const MAX_KEPT = 10_000;

interface Kept {
  token: string;
  until: number;
}

/** The account has no token that this process can open. */
export class CredentialMissing extends Error {}

/**
 * Access tokens in clear, in this process only. The claim names the version of the credential, and the version is part
 * of the key: a changed token takes effect with the next claim, with or without Redis.
 */
@Injectable()
export class AccessTokens {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly lookups: AccessLookups,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  /** @throws CredentialMissing */
  async get(tenantId: string, accountId: string, version: number): Promise<string> {
    const key = `${accountId} ${version}`;
    const kept = this.kept.get(key);
    if (kept && kept.until > this.clock.monotonicMs()) return kept.token;
    const row = await this.lookups.sealedToken(tenantId, accountId);
    if (!row) throw new CredentialMissing(`Account ${accountId} has no access token`);
    const token = this.open(row.sealed, accountTokenPlace(tenantId, accountId, row.version));
    if (this.kept.size >= MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, { token, until: this.clock.monotonicMs() + KEPT_MS });
    return token;
  }

  private open(sealed: string, place: Parameters<Sealer['open']>[1]): string {
    try {
      return this.sealer.open(sealed, place);
    } catch (error) {
      throw new CredentialMissing(`The access token of account ${place.rowId} cannot be opened`, { cause: error });
    }
  }
}
