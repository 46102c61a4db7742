import type { SealedPlace } from '@parley/platform';

/** The place that an account's access token is sealed for. */
export function accountTokenPlace(tenantId: string, accountId: string, version: number): SealedPlace {
  return { tenantId, table: 'accounts', column: 'token_sealed', rowId: accountId, version };
}
