import fc from 'fast-check';
import { dropInvalidText, findInvalidText, isInvalidText } from './text.js';

const bad = fc.constantFrom('\0', '\uD83D', '\uDC4D', 'a\0b', 'x\uDC00\uD800y');

describe('findInvalidText', () => {
  it.each([
    ['plain', null],
    ['a\0', ''],
    [{ a: ['ok', 'no\0'] }, '/a/1'],
    [{ 'a/b~c': { d: '\uD800' } }, '/a~1b~0c/d'],
    [{ deep: { 'k\0ey': 1 } }, '/deep/key'],
    [[1, null, true, '👍', { x: 'ș' }], null],
    [null, null],
    [7, null],
  ])('finds what cannot be stored in %j', (value, pointer) => {
    expect(findInvalidText(value)).toBe(pointer);
  });

  it('finds a bad text wherever it is hidden, and nothing in a clean document', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        bad,
        fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 6 }),
        (json, text, path) => {
          const clean = JSON.parse(dropEscapes(JSON.stringify(json))) as unknown;
          expect(findInvalidText(clean)).toBeNull();
          const hidden = path.reduceRight<unknown>(
            (inner, key) => ({ clean, [`k${key.toWellFormed()}`]: [inner] }),
            [text],
          );
          expect(findInvalidText(hidden)).toMatch(/\/0$/);
        },
      ),
    );
  });

  it('survives nesting deeper than the call stack', () => {
    let value: unknown = 'x\0';
    for (let depth = 0; depth < 200_000; depth++) value = [value];
    expect(findInvalidText(value)).toHaveLength(400_000);
  });
});

describe('dropInvalidText', () => {
  it('leaves only what can be stored and keeps the rest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), bad, fc.string({ unit: 'grapheme' }), (before, text, after) => {
        const clean = dropInvalidText(`${before}${text} ${after}`);
        expect(isInvalidText(clean)).toBe(false);
        expect(clean.startsWith(before.replaceAll('\0', ''))).toBe(true);
        expect(clean.endsWith(after.replaceAll('\0', ''))).toBe(true);
      }),
    );
    expect(dropInvalidText('👍 ok')).toBe('👍 ok');
  });
});

function dropEscapes(json: string): string {
  return json
    .replaceAll('\\u0000', '')
    .toWellFormed()
    .replace(/\\ud[89a-f][0-9a-f]{2}/gi, '');
}
