import fc from 'fast-check';
import { cursorOfPlace, placeOfCursor } from './dead-letter-cursor.js';

describe('the cursor of dead letters', () => {
  it('comes back as the place that it was made of', () => {
    const places = fc.record({ id: fc.uuid(), micros: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String) });
    fc.assert(fc.property(places, (place) => expect(placeOfCursor(cursorOfPlace(place))).toEqual(place)));
    expect(placeOfCursor(undefined)).toBeNull();
  });

  it.each(['', 'x', 'AAAAAAAAAAAAAAAAAAAAAA', '_'.repeat(32), 'A'.repeat(31)])('is refused as %j', (cursor) => {
    expect(() => placeOfCursor(cursor)).toThrow(expect.objectContaining({ code: 'request.invalid' }) as Error);
  });
});
