import { Injectable } from '@nestjs/common';
import { placeOfMessage, readHistory, TenantDb, type HistoryPlace, type TenantTx } from '@parley/data';
import { DomainError, type TenantId } from '@parley/domain';
import { isUUID } from 'class-validator';
import { found } from '../http/id.js';
import type { Page } from '../http/page.js';
import { readMessageMedia } from '../messages/message-media.js';
import { messageView, type MessageView } from '../messages/message.view.js';
import type { HistoryQuery } from './history.query.js';
import { cursorOf, placeOf } from './place-cursor.js';

/** A page of a history, newest first; it can be read on in both directions. hasMore: in the direction that was asked for. */
export interface HistoryPage extends Page<MessageView> {
  /** For `after`; null on an empty page. */
  readonly newerCursor: string | null;
}

/** Earlier conversations of a contact that are read together, the latest. */
const MOST_CONVERSATIONS = 200;

/** What was said in a conversation. */
@Injectable()
export class ReadHistory {
  constructor(private readonly db: TenantDb) {}

  /** In Meta's order, newest first. @throws resource.not-found, request.invalid for a cursor of something else */
  async read(tenantId: TenantId, conversationId: string, query: HistoryQuery): Promise<HistoryPage> {
    const { limit, cursor, before = cursor, after, scope } = query;
    if (before !== undefined && after !== undefined) throw bothGiven();
    return this.db.run(tenantId, async (tx) => {
      const ids = await conversationsOf(tx, tenantId, conversationId, scope === 'contact');
      const direction = after === undefined ? 'older' : 'newer';
      const given = after ?? before;
      const from = given === undefined ? undefined : await placeNamed(tx, ids, given, after === undefined ? '/before' : '/after');
      const nearest = await readHistory(tx, ids, { direction, from, take: limit + 1 });
      const shown = nearest.slice(0, limit);
      const views = await viewsOf(tx, tenantId, shown);
      return pageOf(direction === 'older' ? shown : shown.toReversed(), { hasMore: nearest.length > limit, direction }, views);
    });
  }
}

/** The conversation, and those of the same number and contact where they are asked for. */
async function conversationsOf(tx: TenantTx, tenantId: TenantId, id: string, isWide: boolean): Promise<string[]> {
  const select = { id: true, phoneNumberId: true, contactId: true };
  const { phoneNumberId, contactId } = found(await tx.conversation.findUnique({ where: { tenantId_id: { tenantId, id } }, select }));
  if (!isWide) return [id];
  const rows = await tx.conversation.findMany({ where: { tenantId, phoneNumberId, contactId }, orderBy: { id: 'desc' }, take: MOST_CONVERSATIONS, select: { id: true } });
  return rows.map((row) => row.id);
}

async function placeNamed(tx: TenantTx, conversationIds: readonly string[], name: string, pointer: string): Promise<HistoryPlace> {
  if (isUUID(name)) return found(await placeOfMessage(tx, conversationIds, name));
  const { keys, id } = placeOf(name, 1, pointer);
  return { at: keys[0]!, id };
}

async function viewsOf(tx: TenantTx, tenantId: TenantId, places: readonly HistoryPlace[]): Promise<Map<string, MessageView>> {
  const rows = await tx.message.findMany({ where: { tenantId, id: { in: places.map(({ id }) => id) } } });
  const media = await readMessageMedia(tx, tenantId, rows);
  return new Map(rows.map((row) => [row.id, messageView(row, media)]));
}

/** @param places newest first */
function pageOf(
  places: readonly HistoryPlace[],
  { hasMore, direction }: { hasMore: boolean; direction: 'older' | 'newer' },
  views: ReadonlyMap<string, MessageView>,
): HistoryPage {
  const [newest, oldest] = [places[0], places.at(-1)];
  const cursor = (place: HistoryPlace | undefined) => (place ? cursorOf({ keys: [place.at], id: place.id }) : null);
  // Below what is newer than a message there is at least that message.
  const nextCursor = hasMore || direction === 'newer' ? cursor(oldest) : null;
  return { data: places.flatMap(({ id }) => views.get(id) ?? []), hasMore, nextCursor, newerCursor: cursor(newest) };
}

function bothGiven(): DomainError {
  const detail = 'Give before or after, not both.';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/after', code: 'field.invalid', detail }] });
}
