import { Injectable } from '@nestjs/common';
import { onePerson, TenantDb, type TenantTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { readQueueHolds } from '../holds/open-holds.js';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page } from '../http/page.js';
import { readMessageMedia } from './message-media.js';
import { messageFilter, type MessageQuery } from './message.query.js';
import { messageView, type MessageView } from './message.view.js';

/** A tenant's messages of both directions. */
@Injectable()
export class ReadMessages {
  constructor(private readonly db: TenantDb) {}

  async list(tenantId: TenantId, query: MessageQuery): Promise<Page<MessageView>> {
    const { where: page, ...window } = prismaWindow(query);
    return this.db.run(tenantId, async (tx) => {
      const where = { tenantId, ...messageFilter(query), ...(await ofPerson(tx, tenantId, query)), ...page };
      const rows = await tx.message.findMany({ ...window, where });
      const media = await readMessageMedia(tx, tenantId, rows);
      const holds = await readQueueHolds(tx, tenantId, queuedAt(rows));
      return pageOf(rows, query, (row) => messageView(row, media, holds.get(row.phoneNumberId)));
    });
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<MessageView> {
    const where = { tenantId_id: { tenantId, id } };
    return this.db.run(tenantId, async (tx) => {
      const row = found(await tx.message.findUnique({ where }));
      const holds = await readQueueHolds(tx, tenantId, queuedAt([row]));
      return messageView(row, await readMessageMedia(tx, tenantId, [row]), holds.get(row.phoneNumberId));
    });
  }
}

/** A contact's messages are also those of the contacts that were joined to it. */
async function ofPerson(tx: TenantTx, tenantId: TenantId, { contactId }: MessageQuery): Promise<{ contactId?: { in: string[] } }> {
  const person = contactId === undefined ? null : await onePerson(tx, tenantId, contactId);
  return person ? { contactId: { in: person.ids } } : {};
}

/** The numbers that these rows wait for. */
function queuedAt(rows: readonly { state: string; phoneNumberId: string }[]): string[] {
  return [...new Set(rows.filter(({ state }) => state === 'QUEUED').map(({ phoneNumberId }) => phoneNumberId))];
}
