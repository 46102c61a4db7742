import { Injectable } from '@nestjs/common';
import { TenantDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { Clock } from '@parley/platform';
import { found } from '../http/id.js';
import { pageOf, prismaWindow, type Page, type PageQuery } from '../http/page.js';
import { readMessageMedia } from '../messages/message-media.js';
import { messageView, type MessageView } from '../messages/message.view.js';
import { cursorOf, placeOf, type ConversationPlace } from './conversation-cursor.js';
import type { ConversationQuery } from './conversation.query.js';
import { CONVERSATION_INCLUDE, conversationView, type ConversationRow, type ConversationView } from './conversation.view.js';

/** A tenant's conversations and what was said in them. */
@Injectable()
export class ReadConversations {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
  ) {}

  /** Those in which the customer has written, the latest first. */
  async list(tenantId: TenantId, query: ConversationQuery): Promise<Page<ConversationView>> {
    const { limit, cursor, state, numberId, contactId, unread } = query;
    const filters = { state, phoneNumberId: numberId, contactId, ...(unread !== undefined && { unreadCount: unread ? { gt: 0 } : 0 }) };
    const place = cursor === undefined ? {} : after(placeOf(cursor));
    const rows = await this.db.run(tenantId, (tx) =>
      tx.conversation.findMany({
        where: { firstInboundAt: { not: null }, lastInboundAt: { not: null }, ...filters, ...place },
        orderBy: [{ lastInboundAt: 'desc' }, { id: 'desc' }],
        take: limit + 1,
        include: CONVERSATION_INCLUDE,
      }),
    );
    return listPage(rows, limit, this.clock.now());
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<ConversationView> {
    const where = { tenantId_id: { tenantId, id } };
    const row = found(await this.db.run(tenantId, (tx) => tx.conversation.findUnique({ where, include: CONVERSATION_INCLUDE })));
    return conversationView(row, this.clock.now());
  }

  /** The messages of a conversation, newest first. @throws resource.not-found */
  async messages(tenantId: TenantId, conversationId: string, query: PageQuery): Promise<Page<MessageView>> {
    const { where: page, ...window } = prismaWindow(query);
    return this.db.run(tenantId, async (tx) => {
      found(await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id: conversationId } }, select: { id: true } }));
      const rows = await tx.message.findMany({ ...window, where: { ...page, conversationId } });
      const media = await readMessageMedia(tx, tenantId, rows);
      return pageOf(rows, query, (row) => messageView(row, media));
    });
  }
}

/** The condition of what stands behind a place; its first part lets the index begin there. */
function after({ lastInboundAt, id }: ConversationPlace) {
  return { lastInboundAt: { lte: lastInboundAt }, OR: [{ lastInboundAt: { lt: lastInboundAt } }, { lastInboundAt, id: { lt: id } }] };
}

function listPage(rows: readonly ConversationRow[], limit: number, now: Date): Page<ConversationView> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  const nextCursor = hasMore && last?.lastInboundAt ? cursorOf({ lastInboundAt: last.lastInboundAt, id: last.id }) : null;
  return { data: shown.map((row) => conversationView(row, now)), hasMore, nextCursor };
}
