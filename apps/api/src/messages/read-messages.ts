import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page } from '../http/page.js';
import { messageFilter, type MessageQuery } from './message.query.js';
import { messageView, type MessageView } from './message.view.js';

/** A tenant's messages of both directions. */
@Injectable()
export class ReadMessages {
  constructor(private readonly db: TenantDb) {}

  async list(tenantId: TenantId, query: MessageQuery): Promise<Page<MessageView>> {
    const { where: page, ...window } = prismaWindow(query);
    const where = { tenantId, ...messageFilter(query), ...page };
    const rows = await this.db.run(tenantId, (tx) => tx.message.findMany({ ...window, where }));
    return pageOf(rows, query, messageView);
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<MessageView> {
    const where = { tenantId_id: { tenantId, id } };
    return messageView(found(await this.db.run(tenantId, (tx) => tx.message.findUnique({ where }))));
  }
}
