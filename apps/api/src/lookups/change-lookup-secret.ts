import { Injectable } from '@nestjs/common';
import { TenantDb, writeTenantAudit, type TenantTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { generateLookupSecret, openLookupSecrets, sealLookupSecrets, succeedSecret, type LookupSecrets } from '@parley/messaging';
import { Clock, Sealer, SealBroken } from '@parley/platform';
import type { TenantCaller } from '../auth/index.js';
import type { LookupSecretView } from './lookups.view.js';

interface StoredSecret {
  version: number;
  sealed: string;
}

/** Gives a tenant a new secret for its look-ups. The one before it signs along for a day. */
@Injectable()
export class ChangeLookupSecret {
  constructor(
    private readonly db: TenantDb,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  async change({ tenantId, actor }: TenantCaller): Promise<LookupSecretView> {
    const secret = generateLookupSecret();
    const previousUntil = await this.db.run(tenantId, async (tx) => {
      const before = await lock(tx, tenantId);
      const version = (before?.version ?? 0) + 1;
      const secrets = succeedSecret(secret, before && this.open(tenantId, before), this.clock.now());
      await put(tx, { tenantId, version, sealed: sealLookupSecrets(this.sealer, tenantId, version, secrets), actor });
      const audit = { tenantId, actor, action: 'lookups.secret-changed', target: 'lookups:secret' };
      await writeTenantAudit(tx, { ...audit, before: before && { version: before.version }, after: { version } });
      return secrets.previousUntil;
    });
    return { secret, previousUntil };
  }

  /** What cannot be opened any more has signed nothing either. */
  private open(tenantId: TenantId, { version, sealed }: StoredSecret): LookupSecrets | null {
    try {
      return openLookupSecrets(this.sealer, tenantId, version, sealed);
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    }
  }
}

async function lock(tx: TenantTx, tenantId: TenantId): Promise<StoredSecret | null> {
  // Two first secrets at once would both find nothing to lock.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`lookup secret ${tenantId}`}, 0))`;
  const rows = await tx.$queryRaw<StoredSecret[]>`SELECT version, sealed FROM lookup_secrets WHERE tenant_id = ${tenantId}::uuid`;
  return rows[0] ?? null;
}

async function put(tx: TenantTx, { tenantId, version, sealed, actor }: { tenantId: TenantId; version: number; sealed: string; actor: string }): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO lookup_secrets (tenant_id, version, sealed, updated_by) VALUES (${tenantId}::uuid, ${version}::int, ${sealed}, ${actor})
    ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed, updated_by = excluded.updated_by, updated_at = now()`;
}
