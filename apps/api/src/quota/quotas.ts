import { Injectable } from '@nestjs/common';
import { askForQuotaAgain, changeQuota, SystemDb, TenantsRepository } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { Quota } from '@parley/limits';
import { Clock, logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { found } from '../http/id.js';
import { quotaView, type QuotaView } from './quota.dto.js';

/** What organisations may send: read by themselves, changed by the platform's operators. */
@Injectable()
export class Quotas {
  constructor(
    private readonly quota: Quota,
    private readonly tenants: TenantsRepository,
    private readonly db: SystemDb,
    private readonly clock: Clock,
    private readonly logger: PinoLogger,
  ) {}

  /** The caller's own. */
  async own(tenantId: TenantId): Promise<QuotaView> {
    return quotaView(found(await this.quota.view(tenantId)), this.quota.window, this.clock.now());
  }

  /** @throws resource.not-found */
  async find(id: string): Promise<QuotaView> {
    return this.own(found(await this.tenants.find(id)).id);
  }

  /** Takes effect with the next message; what waits for the reset asks again. @throws resource.not-found */
  async change(id: string, limit: number | null, actor: string): Promise<QuotaView> {
    const { id: tenantId } = found(await this.tenants.find(id));
    await changeQuota(this.db, { tenantId, quota: limit, actor });
    await this.quota.refresh(tenantId);
    logEvent(this.logger, 'quota.changed', { tenantId, to: limit });
    const changed = await this.own(tenantId);
    // A backlog may be long, and what it waits for is known to come: the operator need not wait for it.
    void this.askAgain(tenantId, changed.remaining);
    return changed;
  }

  private async askAgain(tenantId: TenantId, remaining: number): Promise<void> {
    try {
      await askForQuotaAgain(this.db, tenantId, remaining);
    } catch (error) {
      // They ask at the reset instead, or after the next change.
      logEvent(this.logger, 'quota.ask_again_failed', { tenantId, err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
