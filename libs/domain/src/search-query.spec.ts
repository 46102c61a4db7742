import { highlights, readSearchQuery } from './search-query.js';
import { searchWords, WORD_LIMIT } from './search-words.js';

const wordsOf = (text: string) => searchWords(text).map(({ word }) => word);

describe('the words of a text', () => {
  it.each([
    ['Ședință', 'sedinta'],
    ['Şedinţă', 'sedinta'],
    ['ŞEDINŢA'.normalize('NFD'), 'sedinta'],
    ['Straße', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['Łódź', 'lodz'],
    ['№5', 'no5'],
    ['ﬁn', 'fin'],
  ])('are without case and diacritics: %s', (text, word) => {
    expect(wordsOf(text)).toContain(word.replace('no5', '5'));
  });

  it('are letters and digits, with their places', () => {
    expect(searchWords('  Masa 4, la „Șură”! 🍕 A-1042')).toEqual([
      { word: 'masa', from: 2, to: 6 },
      { word: '4', from: 7, to: 8 },
      { word: 'la', from: 10, to: 12 },
      { word: 'sura', from: 14, to: 18 },
      { word: 'a', from: 24, to: 25 },
      { word: '1042', from: 26, to: 30 },
    ]);
    expect(wordsOf("' : & | ! ( ) \\ /x")).toEqual(['x']);
  });

  it('end somewhere', () => {
    expect(wordsOf('x'.repeat(500))).toEqual(['x'.repeat(WORD_LIMIT)]);
    expect(wordsOf('𝒳'.repeat(500))[0]).toHaveLength(WORD_LIMIT);
  });
});

describe('a search', () => {
  const one = (word: string, isPrefix = false) => ({ words: [word], isPrefix });

  it('asks for all words, the last by its beginning', () => {
    expect(readSearchQuery('Masă pentru do')).toEqual([{ all: [one('masa'), one('pentru'), one('do', true)], none: [] }]);
  });

  it('takes phrases, also those that are typed as one', () => {
    expect(readSearchQuery('"masa patru"')).toEqual([{ all: [{ words: ['masa', 'patru'], isPrefix: false }], none: [] }]);
    expect(readSearchQuery('A-10')).toEqual([{ all: [{ words: ['a', '10'], isPrefix: true }], none: [] }]);
    expect(readSearchQuery('pizza "cu br')).toEqual([{ all: [one('pizza'), { words: ['cu', 'br'], isPrefix: false }], none: [] }]);
  });

  it('takes alternatives and exclusions', () => {
    expect(readSearchQuery('pizza -ton OR "paste proaspete" -"fara gluten"')).toEqual([
      { all: [one('pizza')], none: [one('ton')] },
      { all: [{ words: ['paste', 'proaspete'], isPrefix: false }], none: [{ words: ['fara', 'gluten'], isPrefix: false }] },
    ]);
    expect(readSearchQuery('or pizza or')).toEqual([{ all: [one('pizza')], none: [] }]);
  });

  it.each(['', '  ', '🍕', '-pizza', '""', 'pizza OR -paste', 'a b c d e f g h i j k l m n o p q'])('refuses %j', (text) => {
    expect(() => readSearchQuery(text)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });

  it('shows where it hit', () => {
    const text = 'O masă, mașini și Mese';
    const shown = highlights(readSearchQuery('mese ma'), text).map(({ from, to }) => text.slice(from, to));
    expect(shown).toEqual(['masă', 'mașini', 'Mese']);
  });
});
