import { DomainError } from '@parley/domain';

/** An account of a tenant, by Parley's ids. */
export interface CredentialOwner {
  readonly tenantId: string;
  readonly accountId: string;
}

/**
 * Where the access tokens of accounts come from. Two implementations, one contract: Parley's own sealed store, and a
 * tenant service that the operator runs. Neither keeps what it read; whoever needs a token often keeps it in memory, by
 * the version of the account's credential.
 */
export abstract class CredentialSource {
  /** @throws CredentialMissing where the account has no token; CredentialsUnavailable where nobody can say at present */
  abstract accessToken(owner: CredentialOwner): Promise<string>;
}

/** The account has no token that can be used: a new one has to be given. */
export class CredentialMissing extends DomainError {
  constructor(detail: string, options: { cause?: unknown } = {}) {
    super('credential.invalid', detail, options);
  }
}

/** The source does not answer. Nothing is wrong with the account; later it will have its token. */
export class CredentialsUnavailable extends DomainError {
  constructor(detail: string, { cause, retryAfterSeconds = 5 }: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super('credential.unavailable', detail, { cause, retryAfterSeconds });
  }
}
