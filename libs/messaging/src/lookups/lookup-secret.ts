import { randomBytes } from 'node:crypto';
import type { TenantId } from '@parley/domain';
import type { SealedPlace, Sealer } from '@parley/platform';

/** What signs a tenant's look-ups: the secret, and the one before it for as long as the other side may still need it. */
export interface LookupSecrets {
  readonly current: string;
  readonly previous: string | null;
  /** ISO 8601. */
  readonly previousUntil: string | null;
}

const SECRET_BYTES = 32;
/** So long after a change both secrets sign. */
const OVERLAP_MS = 24 * 3_600_000;

/** A secret in the form of Standard Webhooks. */
export function generateLookupSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** The secrets after a change to a new one. */
export function succeedSecret(current: string, before: LookupSecrets | null, now: Date): LookupSecrets {
  return { current, previous: before?.current ?? null, previousUntil: before && new Date(now.getTime() + OVERLAP_MS).toISOString() };
}

/** Those that sign now. */
export function signingSecrets({ current, previous, previousUntil }: LookupSecrets, now: Date): string[] {
  return previous !== null && previousUntil !== null && new Date(previousUntil) > now ? [current, previous] : [current];
}

export function sealLookupSecrets(sealer: Sealer, tenantId: TenantId, version: number, secrets: LookupSecrets): string {
  return sealer.seal(JSON.stringify(secrets), placeOf(tenantId, version));
}

/** @throws SealBroken */
export function openLookupSecrets(sealer: Sealer, tenantId: TenantId, version: number, sealed: string): LookupSecrets {
  return JSON.parse(sealer.open(sealed, placeOf(tenantId, version))) as LookupSecrets;
}

function placeOf(tenantId: TenantId, version: number): SealedPlace {
  return { tenantId, table: 'lookup_secrets', column: 'sealed', rowId: tenantId, version };
}
