import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { canaryView, type CanaryRow, type CanaryView } from './canary.view.js';

/** The canaries of a number. */
@Injectable()
export class ReadCanary {
  constructor(private readonly db: TenantDb) {}

  /** The newest one; null where there was none. A message is seen when the first status of it was taken. */
  newest(tenantId: TenantId, numberId: string): Promise<CanaryView | null> {
    return this.db.run(tenantId, async (tx) => {
      const [row] = await tx.$queryRaw<(CanaryRow & { now: Date })[]>`
        SELECT c.id, c.kind, c.started_at AS "startedAt", c.message_id AS "messageId", now() AS now,
               coalesce(c.seen_at, (SELECT min(e.at) FROM message_events e
                                     WHERE e.tenant_id = c.tenant_id AND e.message_id = c.message_id AND e.type IN ('sent', 'delivered', 'read'))) AS "seenAt"
          FROM canaries c
         WHERE c.tenant_id = ${tenantId}::uuid AND c.phone_number_id = ${numberId}::uuid
         ORDER BY c.id DESC LIMIT 1`;
      return row ? canaryView(row, row.now) : null;
    });
  }
}
