import fc from 'fast-check';
import { assignSlots, classIntervalUs } from './business-slots.js';
import { intervalUs, MAX_LATENESS_MS } from './pacing.js';

const NUMBER = 80;

/** The most starts in any second. */
function worstSecond(startsMs: readonly number[]): number {
  const sorted = [...startsMs].sort((one, other) => one - other);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1_000).length));
}

describe('slots of a class with a limit of its own', () => {
  it('holds the limit of the class in any second, and gives every other slot to replies', () => {
    const kinds = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
    const property = fc.property(kinds, fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (isBusiness, limit, late) => {
      const step = intervalUs(NUMBER);
      const slots = isBusiness.map((_, at) => (at * step) / 1_000);
      const classStep = classIntervalUs(limit, step) / 1_000;
      const starts = Array.from({ length: Math.floor(slots.at(-1)! / classStep) + 1 }, (_, at) => at * classStep);
      const assigned = assignSlots(slots, isBusiness, starts);
      const taken = assigned.filter((slot) => slot !== undefined);
      expect(new Set(taken).size).toBe(taken.length);
      expect(assigned.filter((slot, at) => slot === undefined && !isBusiness[at])).toHaveLength(0);
      const business = assigned.flatMap((slot, at) => (isBusiness[at] && slot !== undefined ? [slot + late * MAX_LATENESS_MS] : []));
      expect(worstSecond(business)).toBeLessThanOrEqual(limit);
    });
    fc.assert(property, { numRuns: 100 });
  });
});
