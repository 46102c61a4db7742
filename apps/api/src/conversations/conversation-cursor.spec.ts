import { cursorOf, placeOf } from './conversation-cursor.js';

const place = { lastInboundAt: new Date('2026-11-21T10:00:00.123Z'), id: '0199a1b2-0000-7000-8000-000000000001' };

describe('the cursor of conversations', () => {
  it('carries its place', () => {
    expect(placeOf(cursorOf(place))).toEqual(place);
    expect(cursorOf(place).length).toBeLessThanOrEqual(64);
  });

  it.each(['', 'x', `${cursorOf(place)}A`, cursorOf(place).slice(1), '_'.repeat(32)])('%j is refused', (cursor) => {
    expect(() => placeOf(cursor)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });
});
