import { Injectable } from '@nestjs/common';
import { searchTexts, TenantDb } from '@parley/data';
import { highlights, readSearchQuery, type SearchQuery, type TenantId } from '@parley/domain';
import { readMessageMedia } from '../messages/message-media.js';
import { messageView } from '../messages/message.view.js';
import { textCursorOf, textPlaceOf } from './read-conversations.js';
import type { SearchQueryDto } from './search.query.js';
import type { FoundMessageView, HighlightView, SearchPage } from './search.view.js';

/** Finds messages by their words. */
@Injectable()
export class SearchMessages {
  constructor(private readonly db: TenantDb) {}

  /** The newest first. @throws request.invalid */
  async search(tenantId: TenantId, { q, limit, cursor, numberId, contactId, from: since, to: until }: SearchQueryDto): Promise<SearchPage<FoundMessageView>> {
    const query = readSearchQuery(q);
    const after = cursor === undefined ? undefined : textPlaceOf(cursor);
    return this.db.run(tenantId, async (tx) => {
      const { hits, next, searchedBack } = await searchTexts(tx, { query, numberId, contactId, since, until, after, enough: limit });
      const rows = await tx.message.findMany({ where: { tenantId, id: { in: hits.map(({ messageId }) => messageId) } } });
      const media = await readMessageMedia(tx, tenantId, rows);
      const byId = new Map(rows.map((row) => [row.id, row]));
      const data = hits.flatMap(({ messageId }) => {
        const row = byId.get(messageId);
        return row ? [{ message: messageView(row, media), transcript: row.transcript, highlights: highlightsOf(query, row) }] : [];
      });
      return { data, hasMore: next !== null, nextCursor: next && textCursorOf(next), searchedBack: searchedBack === null ? null : new Date(searchedBack) };
    });
  }
}

function highlightsOf(query: SearchQuery, row: { displayContent: string; transcript: string | null }): HighlightView[] {
  return (['displayContent', 'transcript'] as const).flatMap((field) => highlights(query, row[field] ?? '').map((place) => ({ field, ...place })));
}
