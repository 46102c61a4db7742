import { searchWords, type SearchClause, type SearchQuery, type SearchTerm } from '@parley/domain';

/** Words of a message that are indexed: what a tsvector has places for, and far more than people write. */
const MOST_WORDS = 3_000;
/** Words that stand in different fields are never a phrase. */
const BETWEEN_FIELDS = 8;

/** What is indexed of a message. */
export interface IndexedWords {
  /** The literal of a tsvector: every word with its places. */
  readonly vector: string;
  readonly words: readonly string[];
}

/** The words of the fields of a message with their places, as the literal of a tsvector. */
export function indexedWords(fields: readonly string[]): IndexedWords {
  const places = new Map<string, number[]>();
  let place = 0;
  for (const field of fields) {
    for (const { word } of searchWords(field)) {
      if (place >= MOST_WORDS) break;
      place += 1;
      const known = places.get(word);
      if (known) known.push(place);
      else places.set(word, [place]);
    }
    place += BETWEEN_FIELDS;
  }
  return { vector: [...places].map(([word, at]) => `${quoted(word)}:${at.join(',')}`).join(' '), words: [...places.keys()] };
}

/** Two tsqueries: what the index is asked for, and what is held against what it finds; null: nothing more. */
export interface SearchConditions {
  readonly wanted: string;
  readonly also: string | null;
}

/**
 * The query for Postgres.
 * @param beginnings the words that the beginning at its end may stand for; null: more than the index should be asked for,
 * so the newest texts are looked through for it
 */
export function searchConditions(query: SearchQuery, beginnings: readonly string[] | null): SearchConditions {
  if (beginnings !== null) return { wanted: queryText(query, (word) => anyOf(beginnings.length > 0 ? beginnings : [word])), also: null };
  const also = queryText(query, (word) => `${quoted(word)}:*`);
  const [only, ...alternatives] = query;
  if (!only || alternatives.length > 0) return { wanted: '', also };
  const rest: SearchClause = { all: only.all.filter(({ isPrefix }) => !isPrefix), none: only.none };
  return { wanted: rest.all.length === 0 ? '' : clauseText(rest, quoted), also };
}

/** The word of which a query has only the beginning; null where it has none. */
export function beginningOf(query: SearchQuery): string | null {
  return query.flatMap(({ all }) => all).find(({ isPrefix }) => isPrefix)?.words.at(-1) ?? null;
}

type Prefix = (word: string) => string;

const queryText = (query: SearchQuery, prefix: Prefix): string => query.map((clause) => clauseText(clause, prefix)).join(' | ');

function clauseText({ all, none }: SearchClause, prefix: Prefix): string {
  const terms = [...all.map((term) => termText(term, prefix)), ...none.map((term) => `!${termText(term, prefix)}`)];
  return `(${terms.join(' & ')})`;
}

function termText({ words, isPrefix }: SearchTerm, prefix: Prefix): string {
  const last = words.length - 1;
  return `(${words.map((word, at) => (isPrefix && at === last ? prefix(word) : quoted(word))).join(' <-> ')})`;
}

const anyOf = (words: readonly string[]): string => `(${words.map(quoted).join(' | ')})`;

/** A word is letters and digits: nothing in it ends the quotes. */
const quoted = (word: string): string => `'${word}'`;
