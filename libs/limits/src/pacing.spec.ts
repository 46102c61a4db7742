import fc from 'fast-check';
import { HORIZON_MS, intervalUs, MAX_LATENESS_MS, QUIET_MS } from './pacing.js';

/** The most starts in any second, the window's end not included. */
function worstSecond(startsMs: readonly number[]): number {
  const sorted = [...startsMs].sort((one, other) => one - other);
  let from = 0;
  return sorted.reduce((worst, start, at) => {
    while (start - (sorted[from] ?? 0) >= 1_000) from += 1;
    return Math.max(worst, at - from + 1);
  }, 0);
}

const anyLimit = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1, 20, 80, 1_000));
const anyPauses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });

describe('pacing', () => {
  it('lets a start be 20 ms late', () => expect(MAX_LATENESS_MS).toBe(20));

  it('keeps every second within the limit, whenever within its tolerance each start leaves', () => {
    const property = fc.property(anyLimit, anyPauses, (perSecond, lateness) => {
      const stepMs = intervalUs(perSecond) / 1_000;
      const starts = Array.from({ length: 3 * perSecond + 1 }, (_, index) => {
        return index * stepMs + (lateness[index % lateness.length] ?? 0) * MAX_LATENESS_MS;
      });
      expect(worstSecond(starts)).toBeLessThanOrEqual(perSecond);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('uses 97 % of the limit where that can be divided so finely', () => {
    for (const perSecond of [80, 250, 500, 1_000])
      expect(1_000_000 / intervalUs(perSecond)).toBeGreaterThanOrEqual(0.97 * perSecond);
  });

  it('keeps every second within the limit where another backend gave out starts up to its horizon', () => {
    const property = fc.property(anyLimit, fc.double({ min: 0, max: 1, noNaN: true }), (perSecond, late) => {
      const stepMs = intervalUs(perSecond) / 1_000;
      const before = Array.from(
        { length: perSecond },
        (_, index) => HORIZON_MS - index * stepMs + late * MAX_LATENESS_MS,
      );
      const after = Array.from({ length: perSecond }, (_, index) => QUIET_MS + index * stepMs);
      expect(worstSecond([...before, ...after])).toBeLessThanOrEqual(perSecond);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %d', (perSecond) => {
    expect(() => intervalUs(perSecond)).toThrow(RangeError);
  });
});
