import fc from 'fast-check';
import { LEAST_SHARE, shareAt, slowedDown, type SlowDown } from './slow-down.js';

const refusals = fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 30 });

/** What a number comes to that Meta refused at these times. */
function after(timesMs: readonly number[]): SlowDown {
  return [...timesMs].sort((one, other) => one - other).reduce<SlowDown | null>(slowedDown, null)!;
}

describe('slowing down', () => {
  it('halves the rate, once for all answers of the same moment', () => {
    const once = slowedDown(null, 1_000);
    expect(shareAt(once, 1_000)).toBe(1 / 2);
    expect(slowedDown(once, 2_900)).toBe(once);
    expect(shareAt(slowedDown(once, 3_000), 3_000)).toBe(1 / 4);
  });

  it('never stops a number, never speeds it up, and always lets it come back', () => {
    const property = fc.property(refusals, fc.nat(400_000), (timesMs, laterMs) => {
      const slowed = after(timesMs);
      const endMs = Math.max(...timesMs);
      const share = shareAt(slowed, endMs + laterMs);
      expect(share).toBeGreaterThanOrEqual(LEAST_SHARE);
      expect(share).toBeLessThanOrEqual(1);
      expect(shareAt(slowed, endMs + laterMs + 10_000)).toBeGreaterThanOrEqual(share);
      expect(shareAt(slowed, endMs + 80_000)).toBe(1);
    });
    fc.assert(property);
  });

  it('comes back in steps of an eighth each ten seconds', () => {
    const slowed = slowedDown(null, 0);
    expect([0, 9_999, 10_000, 25_000, 39_999, 40_000].map((ms) => shareAt(slowed, ms))).toEqual([0.5, 0.5, 0.625, 0.75, 0.875, 1]);
    expect(shareAt(null, 0)).toBe(1);
  });
});
