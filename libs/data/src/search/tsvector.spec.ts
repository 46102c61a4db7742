import { readSearchQuery } from '@parley/domain';
import { beginningOf, indexedWords, searchConditions } from './tsvector.js';

const conditions = (text: string, beginnings: string[] | null) => searchConditions(readSearchQuery(text), beginnings);

describe('what is indexed', () => {
  it('is every word with its places, and fields apart', () => {
    expect(indexedWords(['Masă pentru doi, masă!', 'Ana'])).toEqual({
      vector: `'masa':1,4 'pentru':2 'doi':3 'ana':13`,
      words: ['masa', 'pentru', 'doi', 'ana'],
    });
  });

  it('is bounded, and nothing for no words', () => {
    expect(indexedWords(['x '.repeat(100_000)]).vector.split(',')).toHaveLength(3_000);
    expect(indexedWords(['🍕', '']).vector).toBe('');
  });
});

describe('what is asked', () => {
  it('has the words that begin so in the place of the beginning', () => {
    expect(conditions('masa do', ['doi', 'dor'])).toEqual({ wanted: `(('masa') & (('doi' | 'dor')))`, also: null });
    expect(conditions('masa A-10', ['1042'])).toEqual({ wanted: `(('masa') & ('a' <-> ('1042')))`, also: null });
    expect(conditions('masa xx', [])).toEqual({ wanted: `(('masa') & (('xx')))`, also: null });
  });

  it('is held against what the index finds for the rest where too many begin so', () => {
    expect(conditions('masa -ton d', null)).toEqual({ wanted: `(('masa') & !('ton'))`, also: `(('masa') & ('d':*) & !('ton'))` });
    expect(conditions('d', null)).toEqual({ wanted: '', also: `(('d':*))` });
    expect(conditions('masa OR d', null)).toEqual({ wanted: '', also: `(('masa')) | (('d':*))` });
  });

  it('knows where a beginning is', () => {
    expect(beginningOf(readSearchQuery('masa d'))).toBe('d');
    expect(beginningOf(readSearchQuery('"masa d"'))).toBeNull();
  });
});
