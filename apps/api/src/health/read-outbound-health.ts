import { Injectable } from '@nestjs/common';
import { platformFigures, SystemDb, TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { Clock, Config } from '@parley/platform';
import type { Caller } from '../auth/index.js';
import { outboundHealthView, type OutboundHealthView } from './outbound-health.view.js';

const MINUTE_MS = 60_000;

/** The figures that a worker keeps: a tenant's own, or with the platform's key all of them together. */
@Injectable()
export class ReadOutboundHealth {
  private readonly windowMinutes: number;

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly systemDb: SystemDb,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.windowMinutes = config.ALERT_FAILURE_RATE_WINDOW_MINUTES;
  }

  async read(caller: Caller): Promise<OutboundHealthView> {
    if (caller.kind !== 'platform') return this.ofTenant(caller.tenantId);
    const { figures, tallies } = await platformFigures(this.systemDb, this.windowMinutes);
    return outboundHealthView(figures, tallies, this.windowMinutes);
  }

  private async ofTenant(tenantId: TenantId): Promise<OutboundHealthView> {
    const since = new Date(this.clock.now().getTime() - this.windowMinutes * MINUTE_MS);
    return this.tenantDb.run(tenantId, async (tx) => {
      const figures = await tx.outboundFigures.findUnique({ where: { tenantId } });
      const sums = { accepted: true, failed: true, failedAccepted: true } as const;
      const tallies = await tx.outboundTally.groupBy({ by: ['channel'], where: { tenantId, at: { gt: since } }, _sum: sums });
      const counted = tallies.map(({ channel, _sum: { accepted, failed, failedAccepted } }) => ({
        channel,
        accepted: accepted ?? 0,
        failed: failed ?? 0,
        failedAccepted: failedAccepted ?? 0,
      }));
      return outboundHealthView(figures, counted, this.windowMinutes);
    });
  }
}
