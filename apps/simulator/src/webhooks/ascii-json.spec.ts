import fc from 'fast-check';
import { asciiJson } from './ascii-json.js';

describe('asciiJson', () => {
  it('escapes what is beyond ASCII in lower-case hex, and slashes', () => {
    expect(asciiJson({ text: 'äöå 1/2' })).toBe('{"text":"\\u00e4\\u00f6\\u00e5 1\\/2"}');
  });

  it('writes characters beyond the basic plane as two escapes', () => {
    expect(asciiJson('👍')).toBe('"\\ud83d\\udc4d"');
  });

  it('stays the same value and is ASCII only, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, key) => {
        const json = asciiJson({ [`k${key}`]: text });
        // eslint-disable-next-line no-control-regex -- the whole ASCII range is what is asked for
        expect(json).toMatch(/^[\x00-\x7f]*$/);
        expect(JSON.parse(json)).toEqual({ [`k${key}`]: text });
      }),
    );
  });
});
