import type { SealedPlace, Sealer } from '@parley/platform';

/** What is sealed in `apps.secrets_sealed`, as one JSON text. */
export interface AppSecrets {
  readonly secrets: readonly string[];
  readonly verifyToken: string;
}

/** The row that secrets belong to, at one version of theirs. */
export interface AppSecretsPlace {
  readonly id: string;
  readonly tenantId: string | null;
  readonly version: number;
}

export function sealSecrets(sealer: Sealer, place: AppSecretsPlace, { secrets, verifyToken }: AppSecrets): string {
  return sealer.seal(JSON.stringify({ secrets, verifyToken }), sealedPlace(place));
}

/** @throws SealBroken when the text was not sealed for this row and version. */
export function openSecrets(sealer: Sealer, row: AppSecretsPlace & { readonly secretsSealed: string }): AppSecrets {
  return JSON.parse(sealer.open(row.secretsSealed, sealedPlace(row))) as AppSecrets;
}

function sealedPlace({ id, tenantId, version }: AppSecretsPlace): SealedPlace {
  return { tenantId, table: 'apps', column: 'secrets_sealed', rowId: id, version };
}
