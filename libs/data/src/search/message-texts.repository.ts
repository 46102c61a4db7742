import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import { indexedWords } from './tsvector.js';

/** Texts of a slice: as many as a search looks through without noticing. */
export const TEXTS_A_SLICE = 4_096;

export interface TextKey {
  tenantId: TenantId;
  id: string;
}

/** A message as far as it can be searched. */
export interface TextSource extends TextKey {
  numberId: string;
  contactId: string;
  kind: string;
  displayContent: string;
  /** JSON; null where the line says it all. */
  content: string | null;
  transcript: string | null;
  orderId: string | null;
  contactName: string | null;
  isRevoked: boolean;
  at: Date;
  /** The first slice of its month. */
  month: number;
  /** Where it lies already. */
  slice: number | null;
}

/** What is to be found of a message. */
export interface MessageText {
  source: TextSource;
  fields: readonly string[];
}

interface SliceRow {
  tenantId: TenantId;
  month: number;
  slice: number | null;
  texts: number | null;
}

// Slices are filled by one writer at a time.
const ONE_WRITER: Statement = { name: 'search.one-writer', text: `SELECT pg_advisory_xact_lock(hashtext('message_texts'))` };

// A line of 300 characters is cut off: then the content has the rest. contacts: whoever the message belongs to now.
const SOURCES: Statement = {
  name: 'search.sources',
  text: `
    SELECT m.tenant_id AS "tenantId", m.id, m.phone_number_id AS "numberId", m.contact_id AS "contactId", m.kind, m.display_content AS "displayContent",
           CASE WHEN length(m.display_content) >= 299 THEN m.content::text END AS content, m.transcript, m.order_id AS "orderId",
           k.name AS "contactName", m.revoked_at IS NOT NULL AS "isRevoked", date_trunc('milliseconds', m.created_at) AS at,
           message_text_month(m.created_at)::float8 AS month, t.slice::float8 AS slice
      FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)) i
      JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.id
      JOIN contacts k ON k.tenant_id = m.tenant_id AND k.id = m.contact_id
      LEFT JOIN message_texts t ON t.tenant_id = m.tenant_id AND t.message_id = m.id
     ORDER BY m.tenant_id, m.created_at, m.id`,
};

const SLICES: Statement = {
  name: 'search.slices',
  text: `
    SELECT i.tenant_id AS "tenantId", i.month::float8 AS month, s.slice::float8 AS slice, s.texts
      FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::bigint[]) AS i (tenant_id, month)) i
      LEFT JOIN LATERAL (SELECT slice, texts FROM message_text_slices s
                          WHERE s.tenant_id = i.tenant_id AND s.slice >= i.month AND s.slice < i.month + (1 << 20)
                          ORDER BY s.slice DESC LIMIT 1) s ON true`,
};

const WRITE: Statement = {
  name: 'search.write',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::bigint[], $7::text[], $8::boolean[])
               AS i (tenant_id, message_id, number_id, contact_id, at, slice, words, is_new)
    ), written AS (
      INSERT INTO message_texts (tenant_id, message_id, phone_number_id, contact_id, at, slice, words)
      SELECT tenant_id, message_id, number_id, contact_id, at, slice, (quote_literal(message_text_label(tenant_id, slice)) || ' ' || words)::tsvector
        FROM input ORDER BY tenant_id, message_id
      ON CONFLICT (tenant_id, message_id) DO UPDATE SET words = excluded.words, contact_id = excluded.contact_id
    ), named AS (
      INSERT INTO message_words (tenant_id, word)
      SELECT * FROM unnest($9::uuid[], $10::text[]) AS w (tenant_id, word) ORDER BY 1, 2
      ON CONFLICT DO NOTHING
    )
    INSERT INTO message_text_slices AS s (tenant_id, slice, texts, oldest_at)
    SELECT tenant_id, slice, count(*), min(at) FROM input WHERE is_new GROUP BY tenant_id, slice ORDER BY 1, 2
    ON CONFLICT (tenant_id, slice) DO UPDATE SET texts = s.texts + excluded.texts, oldest_at = least(s.oldest_at, excluded.oldest_at)`,
};

const FORGET: Statement = {
  name: 'search.forget',
  text: `
    DELETE FROM message_texts t USING unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)
     WHERE t.tenant_id = i.tenant_id AND t.message_id = i.id`,
};

const NOTE_CHANGES: Statement = {
  name: 'search.note-changes',
  text: `
    INSERT INTO message_text_changes (tenant_id, message_id)
    SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id) ORDER BY 1, 2
    ON CONFLICT DO NOTHING`,
};

const TAKE_CHANGES: Statement = {
  name: 'search.take-changes',
  text: `
    DELETE FROM message_text_changes c
     USING (SELECT tenant_id, message_id FROM message_text_changes ORDER BY tenant_id, message_id LIMIT $1 FOR UPDATE SKIP LOCKED) i
     WHERE c.tenant_id = i.tenant_id AND c.message_id = i.message_id
    RETURNING c.tenant_id AS "tenantId", c.message_id AS id`,
};

/** Says that the text of messages is another one now, where no event says so: a voice note that was transcribed. */
export async function noteTextChanges(tx: SystemTx, keys: readonly TextKey[]): Promise<void> {
  if (keys.length > 0) await tx.query(NOTE_CHANGES, columns(keys, (k) => k.tenantId, (k) => k.id));
}

/** The next messages of which that was said, no longer noted. */
export function takeTextChanges(tx: SystemTx, limit: number): Promise<TextKey[]> {
  return tx.query<TextKey>(TAKE_CHANGES, [limit]);
}

/** What there is to say of these messages. From here to the end of the transaction nobody else writes texts. */
export async function readTextSources(tx: SystemTx, keys: readonly TextKey[]): Promise<TextSource[]> {
  await tx.query(ONE_WRITER);
  return tx.query<TextSource>(SOURCES, columns(keys, (k) => k.tenantId, (k) => k.id));
}

/** Makes messages findable, or findable by their new text. A text without words cannot be found. */
export async function writeTexts(tx: SystemTx, texts: readonly MessageText[]): Promise<void> {
  const rows = texts.map(({ source, fields }) => ({ source, ...indexedWords(fields) }));
  const known = rows.filter(({ words }) => words.length > 0);
  await forgetTexts(tx, rows.filter(({ source, words }) => words.length === 0 && source.slice !== null).map(({ source }) => source));
  if (known.length === 0) return;
  const slices = await placesIn(tx, known.map(({ source }) => source));
  const placed = known.map((row, at) => ({ ...row, slice: slices[at]! }));
  await tx.query(WRITE, [
    ...columns(
      placed,
      ({ source }) => source.tenantId, ({ source }) => source.id, ({ source }) => source.numberId, ({ source }) => source.contactId,
      ({ source }) => source.at, ({ slice }) => slice, ({ vector }) => vector, ({ source }) => source.slice === null,
    ),
    ...columns(wordsOfTenants(known), (one) => one.tenantId, (one) => one.word),
  ]);
}

/** Each word of a tenant once. */
function wordsOfTenants(rows: readonly { source: TextSource; words: readonly string[] }[]): { tenantId: string; word: string }[] {
  const ofTenant = new Map<string, Set<string>>();
  for (const { source, words } of rows) {
    const known = ofTenant.get(source.tenantId) ?? new Set();
    ofTenant.set(source.tenantId, known);
    for (const word of words) known.add(word);
  }
  return [...ofTenant].flatMap(([tenantId, words]) => [...words].map((word) => ({ tenantId, word })));
}

/** Takes messages out of the search. */
export async function forgetTexts(tx: SystemTx, keys: readonly TextKey[]): Promise<void> {
  if (keys.length > 0) await tx.query(FORGET, columns(keys, (k) => k.tenantId, (k) => k.id));
}

/** The slice of each: the one where it is, or the newest of its month that has room. */
async function placesIn(tx: SystemTx, sources: readonly TextSource[]): Promise<number[]> {
  const rows = await tx.query<SliceRow>(SLICES, columns(sources, (s) => s.tenantId, (s) => s.month));
  const newest = new Map(rows.map(({ tenantId, month, slice, texts }) => [`${tenantId} ${month}`, { slice: slice ?? month, texts: texts ?? 0 }]));
  return sources.map(({ tenantId, month, slice }) => {
    if (slice !== null) return slice;
    const place = newest.get(`${tenantId} ${month}`)!;
    if (place.texts >= TEXTS_A_SLICE) Object.assign(place, { slice: place.slice + 1, texts: 0 });
    place.texts += 1;
    return place.slice;
  });
}
