import { Injectable } from '@nestjs/common';
import { filterConversations, listConversations, searchConversations, TenantDb, type ConversationFilter, type TenantTx, type TextPlace } from '@parley/data';
import { readSearchQuery, type TenantId } from '@parley/domain';
import { Clock } from '@parley/platform';
import type { TenantCaller } from '../auth/index.js';
import { found } from '../http/id.js';
import { cursorOf, placeOf, timeOf } from './place-cursor.js';
import type { ConversationQuery } from './conversation.query.js';
import { CONVERSATION_INCLUDE, conversationView, type ConversationView } from './conversation.view.js';
import { contactOfNumber, survivingContact } from './sought-contact.js';
import type { SearchPage } from './search.view.js';

const USER = 'user:';

/** A tenant's conversations. */
@Injectable()
export class ReadConversations {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
  ) {}

  /** Those in which the customer has written. @throws request.invalid */
  async list(caller: TenantCaller, query: ConversationQuery): Promise<SearchPage<ConversationView>> {
    return this.db.run(caller.tenantId, async (tx) => {
      const filter = await filterOf(tx, caller, query);
      if (filter === null) return { data: [], hasMore: false, nextCursor: null, searchedBack: null };
      const contactId = query.q === undefined ? null : await contactOfNumber(tx, caller.tenantId, query.q);
      if (contactId === null) return this.page(tx, filter, query);
      return this.page(tx, { ...filter, contactId }, { ...query, q: undefined });
    });
  }

  /** @throws resource.not-found */
  async get(tenantId: TenantId, id: string): Promise<ConversationView> {
    const where = { tenantId_id: { tenantId, id } };
    const row = await this.db.run(tenantId, (tx) => tx.conversation.findUnique({ where, include: CONVERSATION_INCLUDE }));
    return conversationView(found(row), this.clock.now());
  }

  private async page(tx: TenantTx, filter: ConversationFilter, query: ConversationQuery): Promise<SearchPage<ConversationView>> {
    if (query.q !== undefined) return this.search(tx, filter, query.q, query);
    const { limit, cursor, sort: order = 'recent' } = query;
    const { places, next } = await listConversations(tx, filter, { order, limit, after: cursor === undefined ? undefined : timeOf(cursor) });
    const nextCursor = next && cursorOf({ keys: [next.at.getTime()], id: next.id });
    return { data: await this.views(tx, places.map(({ id }) => id)), hasMore: nextCursor !== null, nextCursor, searchedBack: null };
  }

  /** By the newest message that matches. Each page searches anew, so that no conversation stands on two of them. */
  private async search(tx: TenantTx, filter: ConversationFilter, q: string, { limit, cursor }: ConversationQuery): Promise<SearchPage<ConversationView>> {
    const { numberId, contactId } = filter;
    const { hits, searchedBack } = await searchConversations(tx, { query: readSearchQuery(q), numberId, contactId });
    const kept = new Set(await filterConversations(tx, filter, hits.map(({ conversationId }) => conversationId)));
    const after = cursor === undefined ? undefined : textPlaceOf(cursor);
    const left = hits.filter((hit) => kept.has(hit.conversationId) && (!after || isBehind(hit, after)));
    const shown = left.slice(0, limit);
    const last = shown.at(-1);
    return {
      data: await this.views(tx, shown.map(({ conversationId }) => conversationId)),
      hasMore: left.length > limit,
      nextCursor: left.length > limit && last ? textCursorOf(last) : null,
      searchedBack: searchedBack === null ? null : new Date(searchedBack),
    };
  }

  private async views(tx: TenantTx, ids: readonly string[]): Promise<ConversationView[]> {
    const rows = await tx.conversation.findMany({ where: { id: { in: [...ids] } }, include: CONVERSATION_INCLUDE });
    const byId = new Map(rows.map((row) => [row.id, row]));
    const now = this.clock.now();
    return ids.map((id) => conversationView(byId.get(id)!, now));
  }
}

/** The filter that a query stands for; null: nobody can fit it, as a key has no conversations of its own. */
async function filterOf(tx: TenantTx, caller: TenantCaller, query: ConversationQuery): Promise<ConversationFilter | null> {
  const { state: states, numberId, priority: priorities, tag, customerId, unread, awaiting, slaStatus, from, to } = query;
  const assignedTo = await assigneeOf(tx, caller, query.assignedTo);
  if (query.assignedTo !== undefined && assignedTo === undefined) return null;
  const contactId = query.contactId === undefined ? undefined : await survivingContact(tx, caller.tenantId, query.contactId);
  return { states, numberId, contactId, assignedTo, priorities, tag, customerId, isUnread: unread, isAwaiting: awaiting, waiting: slaStatus, since: from, until: to };
}

async function assigneeOf(tx: TenantTx, { tenantId, actor }: TenantCaller, assignedTo: string | undefined): Promise<string | null | undefined> {
  if (assignedTo === undefined) return undefined;
  if (assignedTo === 'none') return null;
  if (assignedTo !== 'me') return assignedTo;
  if (!actor.startsWith(USER)) return undefined;
  const where = { tenantId_subject: { tenantId, subject: actor.slice(USER.length) } };
  return (await tx.user.findUnique({ where, select: { id: true } }))?.id;
}

const isBehind = (one: TextPlace, other: TextPlace): boolean =>
  one.slice !== other.slice ? one.slice < other.slice : one.at !== other.at ? one.at < other.at : one.messageId < other.messageId;

/** A place in what was found. */
export function textCursorOf({ slice, at, messageId }: TextPlace): string {
  return cursorOf({ keys: [slice, at], id: messageId });
}

/** @throws request.invalid */
export function textPlaceOf(cursor: string): TextPlace {
  const { keys, id } = placeOf(cursor, 2);
  return { slice: keys[0]!, at: keys[1]!, messageId: id };
}
