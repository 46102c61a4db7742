import { Injectable } from '@nestjs/common';
import { automationSecretPlace, findAutomationSecret, SystemDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { SealBroken, Sealer } from '@parley/platform';
import { StepFailed } from './step-failed.js';

/** The secrets that steps show to tenants' endpoints. Nothing is kept: a changed one counts from the next call on. */
@Injectable()
export class StepSecrets {
  constructor(
    private readonly db: SystemDb,
    private readonly sealer: Sealer,
  ) {}

  /** Null where none was set for the origin of this address. @throws StepFailed secret-unreadable */
  async find(tenantId: TenantId, step: string, url: string): Promise<string | null> {
    const row = await findAutomationSecret(this.db, tenantId, step);
    if (!row || row.origin !== URL.parse(url)?.origin) return null;
    try {
      return this.sealer.open(row.sealed, automationSecretPlace(tenantId, step, row.origin, row.version));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw new StepFailed('secret-unreadable', { cause: error });
    }
  }
}
