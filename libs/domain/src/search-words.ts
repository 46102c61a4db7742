/** A word of a text as search knows it, and where it stands there, in UTF-16 units. */
export interface SearchWord {
  /** In lower case, without diacritics; letters and digits only. */
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** Characters of a word that count. What is longer is found by its beginning. */
export const WORD_LIMIT = 48;

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const NO_PART_OF_A_WORD = /[^\p{L}\p{N}]+/gu;
/** Letters that Unicode does not take apart, as people type them on a keyboard without them. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ı: 'i', þ: 'th' };
const NOT_PLAIN = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'g');
// eslint-disable-next-line no-control-regex -- the range of ASCII
const ASCII = /^[\x00-\x7f]*$/;

/**
 * The words of a text in their order. Both sides of search go through here, what is indexed and what is asked, so that
 * "Ședință", "Şedinţă" and "sedinta" are one word.
 */
export function searchWords(text: string): SearchWord[] {
  return [...text.matchAll(RUN)].flatMap((match) => {
    const word = folded(match[0]);
    return word === '' ? [] : [{ word, from: match.index, to: match.index + match[0].length }];
  });
}

function folded(run: string): string {
  const lower = run.toLowerCase();
  if (ASCII.test(lower)) return lower.slice(0, WORD_LIMIT);
  const plain = lower
    .normalize('NFKD')
    .replace(NO_PART_OF_A_WORD, '')
    .replace(NOT_PLAIN, (letter) => PLAIN[letter] ?? letter);
  return [...plain].slice(0, WORD_LIMIT).join('');
}
