import { Injectable } from '@nestjs/common';
import { groupDeadLetters, listDeadLetters, reportDeadLetters, TenantDb, type TenantTx } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { found } from '../http/id.js';
import type { Page } from '../http/page.js';
import { readMessageMedia } from '../messages/message-media.js';
import { messageView } from '../messages/message.view.js';
import { cursorOfPlace, placeOfCursor } from './dead-letter-cursor.js';
import { deadLetterFilter, groupingOf, type DeadLetterGroupQuery, type DeadLetterQuery } from './dead-letter.query.js';
import {
  deadLetterGroupView,
  deadLetterReportView,
  deadLetterView,
  type DeadLetterGroupsView,
  type DeadLetterReportView,
  type DeadLetterView,
} from './dead-letter.view.js';

/** A tenant's messages that failed for good. */
@Injectable()
export class ReadDeadLetters {
  constructor(private readonly db: TenantDb) {}

  /** Newest first, by the time of death. */
  list(tenantId: TenantId, query: DeadLetterQuery): Promise<Page<DeadLetterView>> {
    const after = placeOfCursor(query.cursor);
    return this.db.run(tenantId, async (tx) => {
      const places = await listDeadLetters(tx, tenantId, deadLetterFilter(query), query.limit + 1, after);
      const shown = places.slice(0, query.limit);
      const hasMore = places.length > query.limit;
      const last = shown.at(-1);
      const data = await this.views(tx, tenantId, shown.map(({ id }) => id));
      return { data, hasMore, nextCursor: hasMore && last ? cursorOfPlace(last) : null };
    });
  }

  /** @throws resource.not-found, also for a message that is none */
  get(tenantId: TenantId, id: string): Promise<DeadLetterView> {
    return this.db.run(tenantId, async (tx) => found((await this.views(tx, tenantId, [id]))[0]));
  }

  groups(tenantId: TenantId, query: DeadLetterGroupQuery): Promise<DeadLetterGroupsView> {
    const by = groupingOf(query);
    return this.db.run(tenantId, async (tx) => {
      const groups = await groupDeadLetters(tx, tenantId, deadLetterFilter(query), by);
      return { data: groups.map((group) => deadLetterGroupView(group, by.includes('code'))) };
    });
  }

  async report(tenantId: TenantId): Promise<DeadLetterReportView> {
    return deadLetterReportView(await this.db.run(tenantId, (tx) => reportDeadLetters(tx, tenantId)));
  }

  /** In the order of the ids. */
  private async views(tx: TenantTx, tenantId: TenantId, ids: readonly string[]): Promise<DeadLetterView[]> {
    const attemptRows = { orderBy: { number: 'asc' as const } };
    const where = { tenantId, id: { in: [...ids] }, deadLetteredAt: { not: null } };
    const rows = await tx.message.findMany({ where, include: { attemptRows } });
    const media = await readMessageMedia(tx, tenantId, rows);
    const conversationIds = rows.flatMap(({ conversationId }) => conversationId ?? []);
    const select = { id: true, state: true, lastMessage: true, lastMessageAt: true } as const;
    const conversations = conversationIds.length === 0 ? [] : await tx.conversation.findMany({ where: { tenantId, id: { in: conversationIds } }, select });
    const conversationOf = new Map(conversations.map((one) => [one.id, one]));
    const viewOf = new Map(
      rows.map((row) => [row.id, deadLetterView(row, messageView(row, media), conversationOf.get(row.conversationId ?? '') ?? null)]),
    );
    return ids.flatMap((id) => viewOf.get(id) ?? []);
  }
}
