import fc from 'fast-check';
import { addCounts, DURATION_BOUNDS, NO_MESSAGES, pricedCategory, quantileOf, rateOf } from './statistics.js';

describe('rates', () => {
  it('are parts of a whole, and nothing where there is no whole', () => {
    expect([rateOf(1, 3), rateOf(0, 5), rateOf(5, 5), rateOf(0, 0)]).toEqual([0.3333, 0, 1, null]);
  });
});

describe('counts', () => {
  it('add up member by member', () => {
    const one = { ...NO_MESSAGES, sent: 2, costMicros: 61_800 };
    expect(addCounts(one, { ...one, read: 1 })).toEqual({ ...NO_MESSAGES, sent: 4, read: 1, costMicros: 123_600 });
  });
});

describe('quantiles of the histogram', () => {
  const stepOf = (seconds: number) => {
    const at = DURATION_BOUNDS.findIndex((bound) => seconds < bound);
    return at < 0 ? DURATION_BOUNDS.length : at;
  };

  const histogramOf = (durations: readonly number[]) => {
    const histogram = Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0);
    for (const seconds of durations) histogram[stepOf(seconds)]! += 1;
    return histogram;
  };
  const times = (count: number, seconds: number) => Array.from({ length: count }, () => seconds);

  it('are nothing without any durations', () => expect(quantileOf(histogramOf([]), 0.5)).toBeNull());

  it('are read off between the bounds', () => {
    expect(quantileOf(histogramOf(times(10, 100)), 0.5)).toBe(90);
    expect(quantileOf(histogramOf([100, ...times(9, 4_000)]), 0.9)).toBeGreaterThan(3_600);
    expect(quantileOf(histogramOf(times(3, 900_000)), 0.9)).toBe(604_800);
  });

  it('lie in the step in which the true one lies', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700_000 }), { minLength: 1, maxLength: 60 }), fc.constantFrom(0.5, 0.9), (durations, share) => {
        const truth = durations.toSorted((a, b) => a - b)[Math.ceil(share * durations.length) - 1]!;
        const [from, to] = [DURATION_BOUNDS[stepOf(truth) - 1] ?? 0, DURATION_BOUNDS[stepOf(truth)] ?? 604_800];
        const found = quantileOf(histogramOf(durations), share)!;
        expect(found).toBeGreaterThanOrEqual(from);
        expect(found).toBeLessThanOrEqual(to);
      }),
    );
  });
});

describe("Meta's billing categories", () => {
  it.each([
    ['marketing', 'marketing'], ['marketing_lite', 'marketing'], ['utility', 'utility'], ['authentication', 'authentication'],
    ['authentication-international', 'authentication'], ['authentication_international', 'authentication'], ['service', null], ['general_purpose_ai', null],
  ])('%s is priced as %s', (billed, category) => expect(pricedCategory(billed)).toBe(category));
});
