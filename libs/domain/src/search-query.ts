import { DomainError } from './domain-error.js';
import { searchWords, type SearchWord } from './search-words.js';

/** Words that must stand one after another; most terms have one. */
export interface SearchTerm {
  readonly words: readonly string[];
  /** The last word is the beginning of one. */
  readonly isPrefix: boolean;
}

/** All of these terms, and none of those. */
export interface SearchClause {
  readonly all: readonly SearchTerm[];
  readonly none: readonly SearchTerm[];
}

/** One of these clauses has to hold. */
export type SearchQuery = readonly SearchClause[];

/** Characters that a search may have. */
export const SEARCH_LIMIT = 200;
const MOST_TERMS = 16;

const PART = /(-?)(?:"([^"]*)("?)|([^\s"]+))/gu;
const OR = 'or';

/**
 * What somebody types into a search box: words that must all be there, "a phrase in quotes", OR between alternatives, a minus
 * before what must not be there. The last word may be the beginning of one, unless it stands in quotes.
 * @throws request.invalid where nothing is left to look for
 */
export function readSearchQuery(text: string): SearchQuery {
  const clauses: { all: SearchTerm[]; none: SearchTerm[] }[] = [{ all: [], none: [] }];
  const parts = [...text.matchAll(PART)];
  for (const [at, [, minus, quoted, , bare]] of parts.entries()) {
    if (bare?.toLowerCase() === OR && minus === '') {
      clauses.push({ all: [], none: [] });
      continue;
    }
    const words = searchWords(quoted ?? bare ?? '').map(({ word }) => word);
    if (words.length === 0) continue;
    const isPrefix = at === parts.length - 1 && quoted === undefined && minus === '';
    clauses.at(-1)![minus === '' ? 'all' : 'none'].push({ words, isPrefix });
  }
  const given = clauses.filter(({ all, none }) => all.length + none.length > 0);
  if (given.length === 0) throw refused('q must hold at least one word: letters or digits.');
  if (given.some(({ all }) => all.length === 0)) throw refused('q must also say what is to be found, not only what is not.');
  if (given.flatMap(({ all, none }) => [...all, ...none]).length > MOST_TERMS) throw refused(`q may hold ${MOST_TERMS} words or phrases at most.`);
  return given;
}

/** Where a text shows what the query asks for. */
export function highlights(query: SearchQuery, text: string): Omit<SearchWord, 'word'>[] {
  const terms = query.flatMap(({ all }) => all);
  return searchWords(text)
    .filter(({ word }) => terms.some((term) => shows(term, word)))
    .map(({ from, to }) => ({ from, to }));
}

function shows({ words, isPrefix }: SearchTerm, word: string): boolean {
  return words.includes(word) || (isPrefix && word.startsWith(words.at(-1)!));
}

function refused(detail: string): DomainError {
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '/q', code: 'field.invalid', detail }] });
}
