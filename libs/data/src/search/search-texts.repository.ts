import type { SearchQuery } from '@parley/domain';
import type { TenantTx } from '../tenant-db.js';
import { beginningOf, searchConditions } from './tsvector.js';

/** Where a text stands in the order of the search: slice, then time, then id, the newest first. */
export interface TextPlace {
  readonly slice: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly messageId: string;
}

export interface TextSearch {
  readonly query: SearchQuery;
  readonly numberId?: string | undefined;
  /** With those that were merged into it. */
  readonly contactId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** What stands behind it; left out: from the newest on. */
  readonly after?: TextPlace | undefined;
  /** How many hits at most. */
  readonly enough: number;
}

export interface TextHits {
  readonly hits: readonly TextPlace[];
  /** Where to go on; null: there are no more. */
  readonly next: TextPlace | null;
  /** Everything since then was looked through, in milliseconds since 1970; null: everything there is. */
  readonly searchedBack: number | null;
}

/** After so long a search stops where it is, and says how far it came. */
const PATIENCE_MS = 25;
/** Words that the index is asked for at once in the place of a beginning. */
const MOST_BEGINNINGS = 64;
const ALWAYS = { since: new Date(0), until: new Date('9000-01-01T00:00:00Z') };
const NIL = '00000000-0000-0000-0000-000000000000';
const NEWEST: TextPlace = { slice: Number.MAX_SAFE_INTEGER, at: ALWAYS.until.getTime(), messageId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

interface Found {
  ids: string[];
  slices: number[];
  times: number[];
  reached: number | null;
  reachedAt: number | null;
}

/**
 * The newest messages of the tenant that match. The time is bounded whatever is asked: where a search would take longer, it
 * answers with what it has, and `searchedBack`.
 */
export async function searchTexts(tx: TenantTx, search: TextSearch): Promise<TextHits> {
  const { query, numberId, contactId, enough, after = NEWEST } = search;
  const { wanted, also } = searchConditions(query, await beginnings(tx, query));
  const [found] = await tx.$queryRaw<Found[]>`
    SELECT f.message_ids::text[] AS ids, f.slices::float8[] AS slices, f.reached::float8 AS reached,
           ARRAY(SELECT extract(epoch FROM t) * 1000 FROM unnest(f.times) WITH ORDINALITY AS u (t, ord) ORDER BY ord)::float8[] AS times,
           (extract(epoch FROM f.reached_at) * 1000)::float8 AS "reachedAt"
      FROM search_message_texts(${wanted}::tsquery, ${also}::tsquery, ${numberId === undefined ? null : [numberId]}::uuid[],
             CASE WHEN ${contactId ?? null}::uuid IS NOT NULL THEN
               ARRAY(SELECT k.id FROM contacts k WHERE k.id = ${contactId ?? null}::uuid OR k.merged_into = ${contactId ?? null}::uuid) END,
             ${search.since ?? ALWAYS.since}::timestamptz, ${search.until ?? ALWAYS.until}::timestamptz,
             ${after.slice}::bigint, ${new Date(after.at)}::timestamptz, ${after.messageId}::uuid, ${enough}::int, ${PATIENCE_MS}::int) f`;
  return hitsOf(found!, enough);
}

/** A conversation at its newest message that matches. */
export interface ConversationHit extends TextPlace {
  readonly conversationId: string;
}

/** Hits that a search for conversations looks at. */
const MOST_HITS = 500;

/** The conversations of the newest messages that match, each once. */
export async function searchConversations(
  tx: TenantTx,
  search: Omit<TextSearch, 'enough' | 'after'>,
): Promise<{ hits: readonly ConversationHit[]; searchedBack: number | null }> {
  const { hits, searchedBack } = await searchTexts(tx, { ...search, enough: MOST_HITS });
  // A message belongs to a conversation from the moment on at which Meta accepts it.
  const rows = await tx.$queryRaw<{ id: string; conversationId: string }[]>`
    SELECT m.id, m.conversation_id AS "conversationId" FROM messages m
     WHERE m.tenant_id = current_setting('app.tenant_id')::uuid AND m.id = ANY (${hits.map(({ messageId }) => messageId)}::uuid[]) AND m.conversation_id IS NOT NULL`;
  const ofMessage = new Map(rows.map(({ id, conversationId }) => [id, conversationId]));
  const newest = new Map<string, ConversationHit>();
  for (const hit of hits) {
    const conversationId = ofMessage.get(hit.messageId);
    if (conversationId !== undefined && !newest.has(conversationId)) newest.set(conversationId, { ...hit, conversationId });
  }
  return { hits: [...newest.values()], searchedBack };
}

function hitsOf({ ids, slices, times, reached, reachedAt }: Found, enough: number): TextHits {
  const hits = ids.map((messageId, at) => ({ messageId, slice: slices[at]!, at: Math.round(times[at]!) }));
  if (reached === null) return { hits, next: null, searchedBack: null };
  const last = hits.at(-1);
  if (last && hits.length >= enough) return { hits, next: last, searchedBack: last.at };
  return { hits, next: { slice: reached, at: 0, messageId: NIL }, searchedBack: reachedAt };
}

/** The tenant's words that begin as the query ends; none where it ends otherwise; null where there are too many. */
async function beginnings(tx: TenantTx, query: SearchQuery): Promise<string[] | null> {
  const beginning = beginningOf(query);
  if (beginning === null) return [];
  const rows = await tx.$queryRaw<{ word: string }[]>`
    SELECT w.word FROM message_words w
     WHERE w.tenant_id = current_setting('app.tenant_id')::uuid AND w.word >= ${beginning} AND w.word < ${`${beginning}\u{10ffff}`}
     ORDER BY w.word LIMIT ${MOST_BEGINNINGS + 1}`;
  return rows.length > MOST_BEGINNINGS ? null : rows.map(({ word }) => word);
}
