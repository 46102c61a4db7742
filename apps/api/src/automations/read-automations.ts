import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { runView, type MessageAutomationsView } from './automations.view.js';

/** What the chain of automatic answers did with a message. */
@Injectable()
export class ReadAutomations {
  constructor(private readonly db: TenantDb) {}

  /** @throws resource.not-found */
  async read(tenantId: TenantId, messageId: string): Promise<MessageAutomationsView> {
    return this.db.run(tenantId, async (tx) => {
      const [message] = await tx.$queryRaw<{ isBegun: boolean }[]>`
        SELECT automated_at IS NOT NULL AS "isBegun" FROM messages WHERE tenant_id = ${tenantId}::uuid AND id = ${messageId}::uuid`;
      const { isBegun } = found(message);
      const runs = await tx.automationRun.findMany({ where: { tenantId, messageId }, orderBy: [{ createdAt: 'asc' }, { position: 'asc' }] });
      return { messageId, isBegun, runs: runs.map(runView) };
    });
  }
}
