import { tierLimit } from './tier-limit.js';

describe('tierLimit', () => {
  it.each([
    ['TIER_50', 50],
    ['TIER_250', 250],
    ['TIER_1K', 1_000],
    ['TIER_2K', 2_000],
    ['TIER_10K', 10_000],
    ['TIER_100K', 100_000],
  ])('reads %s as %d people', (tier, people) => expect(tierLimit(tier)).toBe(people));

  it.each(['TIER_UNLIMITED', 'TIER_NOT_SET', 'tier_50', '', null])('knows no limit for %s', (tier) => expect(tierLimit(tier)).toBeNull());
});
