import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { Governor } from '@parley/limits';
import { Backlog } from '@parley/messaging';

/** Where nothing is known of a number's throughput. */
const DEFAULT_PER_SECOND = 80;

/** Says of one message after the other when it would leave. */
export interface Departures {
  /** @param now the database's time */
  next(numberId: string, now: Date): Date;
}

/** When messages would leave as things stand: after what waits on their number, at the pace of the number. */
@Injectable()
export class DepartureTimes {
  constructor(
    private readonly db: TenantDb,
    private readonly governor: Governor,
    private readonly backlog: Backlog,
  ) {}

  async read(tenantId: TenantId, numberIds: readonly string[]): Promise<Departures> {
    const where = { tenantId, id: { in: [...new Set(numberIds)] } };
    const numbers = await this.db.run(tenantId, (tx) => tx.phoneNumber.findMany({ where, select: { id: true, perSecond: true } }));
    const perSecond = new Map(numbers.map((number) => [number.id, number.perSecond]));
    const ahead = new Map<string, number>();
    return {
      next: (numberId, now) => {
        const before = ahead.get(numberId) ?? this.backlog.ofNumber(numberId);
        ahead.set(numberId, before + 1);
        return new Date(now.getTime() + this.governor.eta({ perSecond: perSecond.get(numberId) ?? DEFAULT_PER_SECOND }, before));
      },
    };
  }
}
