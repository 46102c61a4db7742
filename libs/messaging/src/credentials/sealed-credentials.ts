import type { AccessLookups } from '@parley/data';
import type { Sealer } from '@parley/platform';
import { accountTokenPlace } from '../accounts/account-token.js';
import { CredentialMissing, CredentialSource, type CredentialOwner } from './credential-source.js';

/** Parley's own store: tokens sealed for the tenant, the account and the version that they stand at. */
export class SealedCredentials extends CredentialSource {
  constructor(
    private readonly lookups: Pick<AccessLookups, 'sealedToken'>,
    private readonly sealer: Pick<Sealer, 'open'>,
  ) {
    super();
  }

  async accessToken({ tenantId, accountId }: CredentialOwner): Promise<string> {
    const row = await this.lookups.sealedToken(tenantId, accountId);
    if (!row) throw new CredentialMissing('The account has no access token.');
    try {
      return this.sealer.open(row.sealed, accountTokenPlace(tenantId, accountId, row.version));
    } catch (error) {
      throw new CredentialMissing('The access token of the account cannot be opened with the present sealing keys.', { cause: error });
    }
  }
}
