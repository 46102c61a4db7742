import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { noteRefusedToken, refusedAccounts, renewToken, resumeAfterCredential, SystemDb, type ClaimedMessage, type RefusedAccount } from '@parley/data';
import { DomainError, provenTenant } from '@parley/domain';
import { accountTokenPlace, CredentialSource, SealedCredentials } from '@parley/messaging';
import { logEvent, Sealer, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { AccessTokens } from './access-tokens.js';

const LOOK_EVERY_MS = 60_000;

/** The token that was refused; null where the account had none. */
export const hashOf = (token: string | null): string => (token === null ? '' : createHash('sha256').update(token).digest('hex'));

/**
 * What follows a token that Meta refused. Parley's own store learns of a new one when somebody gives it; a tenant service
 * has to be asked, now and then, until it has another.
 */
@Injectable()
export class RefusedTokens {
  constructor(
    private readonly db: SystemDb,
    private readonly tokens: AccessTokens,
    private readonly source: CredentialSource,
    private readonly sealer: Sealer,
    private readonly producer: JobProducer,
    private readonly logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
  ) {}

  /** Forgets the token and remembers which one it was. */
  async note({ tenantId, accountId, credentialVersion }: ClaimedMessage, token: string | null): Promise<void> {
    this.tokens.drop(accountId, credentialVersion);
    await noteRefusedToken(this.db, tenantId, accountId, hashOf(token));
  }

  @Interval(LOOK_EVERY_MS)
  async look(): Promise<void> {
    if (this.source instanceof SealedCredentials || this.shutdown.isShuttingDown) return;
    try {
      for (const account of await refusedAccounts(this.db)) await this.renew(account);
    } catch (error) {
      // The database or the service is away; the next look finds the same accounts.
      if (!(error instanceof DomainError)) throw error;
    }
  }

  private async renew(account: RefusedAccount): Promise<void> {
    const { tenantId, accountId, tokenVersion, refusedToken } = account;
    const token = await this.source.accessToken({ tenantId, accountId }).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'credential.invalid') return null;
      throw error;
    });
    if (token === null || hashOf(token) === refusedToken) return;
    const version = tokenVersion + 1;
    const isRenewed = await renewToken(this.db, account, this.sealer.seal(token, accountTokenPlace(tenantId, accountId, version)));
    if (!isRenewed) return;
    logEvent(this.logger, 'account.token_renewed', { accountId, version });
    for (const numberId of await resumeAfterCredential(this.db, provenTenant(tenantId), accountId)) this.producer.wake('number.wake', { numberId });
  }
}
