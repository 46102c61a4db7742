import { cursorOf, placeOf, timeOf } from './place-cursor.js';

const place = { keys: [Date.parse('2026-11-21T10:00:00.123Z')], id: '0199a1b2-0000-7000-8000-000000000001' };

describe('the cursor of a list', () => {
  it('carries its place', () => {
    expect(placeOf(cursorOf(place), 1)).toEqual(place);
    expect(timeOf(cursorOf(place))).toEqual({ at: new Date('2026-11-21T10:00:00.123Z'), id: place.id });
    const two = { keys: [25_503_465_527, 0], id: place.id };
    expect(placeOf(cursorOf(two), 2)).toEqual(two);
    expect(cursorOf(two).length).toBeLessThanOrEqual(64);
  });

  it.each(['', 'x', `${cursorOf(place)}A`, cursorOf(place).slice(1), '_'.repeat(32), cursorOf({ ...place, keys: [1, 2] })])('%j is refused', (cursor) => {
    expect(() => placeOf(cursor, 1, '/before')).toThrow(expect.objectContaining({ code: 'request.invalid', errors: [expect.objectContaining({ pointer: '/before' })] }));
  });

  it('is refused with a time that no calendar has', () => {
    expect(() => timeOf(cursorOf({ ...place, keys: [Number.MAX_SAFE_INTEGER] }))).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });
});
