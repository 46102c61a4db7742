import fc from 'fast-check';
import { MarketingCaps } from './marketing-caps.js';
import { MessagingLimits } from './messaging-limits.js';
import { PairBuckets } from './pair-buckets.js';
import { SlidingWindow, ThroughputWindows } from './throughput-windows.js';

describe('SlidingWindow', () => {
  it('never lets more than its limit through any second, at whatever times they come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }),
        (limit, gaps) => {
          const window = new SlidingWindow(limit);
          let now = 0;
          const taken = gaps.map((gap) => (now += gap)).filter((at) => window.take(at));
          for (const start of taken) {
            expect(taken.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(limit);
          }
        },
      ),
    );
  });

  it('does not count what it refused', () => {
    const window = new SlidingWindow(1);
    expect([0, 500, 999, 1000].map((at) => window.take(at))).toEqual([true, false, false, true]);
  });
});

describe('ThroughputWindows', () => {
  it.each([80, 1000, 20])('gives a number %i a second, and another one its own', (limit) => {
    const windows = new ThroughputWindows();
    const taken = Array.from({ length: limit + 50 }, () => windows.take('1', limit, 5)).filter(Boolean);
    expect(taken).toHaveLength(limit);
    expect(windows.take('2', limit, 5)).toBe(true);
  });

  it('counts what customers write, and never refuses it', () => {
    const windows = new ThroughputWindows();
    for (let written = 0; written < 30; written += 1) windows.countInbound('1', 20, 5);
    expect([windows.take('1', 20, 1004), windows.take('1', 20, 1005)]).toEqual([false, true]);
  });
});

describe('PairBuckets', () => {
  let pairs: PairBuckets;
  beforeEach(() => {
    pairs = new PairBuckets();
  });

  function take(phoneNumberId: string, recipient: string, nowMs: number): boolean {
    const isAllowed = pairs.allows(phoneNumberId, recipient, nowMs);
    if (isAllowed) pairs.add(phoneNumberId, recipient, nowMs);
    return isAllowed;
  }

  it('lets 45 through at once, then one each six seconds', () => {
    expect(Array.from({ length: 60 }, () => take('1', '5511', 1000)).filter(Boolean)).toHaveLength(45);
    expect([6999, 7000, 7000, 13_000].map((at) => take('1', '5511', at))).toEqual([false, true, false, true]);
  });

  it('keeps pairs apart', () => {
    for (let sent = 0; sent < 45; sent += 1) take('1', '5511', 0);
    expect([take('1', '5511', 0), take('1', '5512', 0), take('2', '5511', 0)]).toEqual([false, true, true]);
  });

  it('keeps every debt when it forgets the many pairs that have none', () => {
    for (let sent = 0; sent < 45; sent += 1) take('1', 'busy', 0);
    for (let other = 0; other < 100_001; other += 1) take('1', `p${other}`, 0);
    take('1', 'late', 7000);
    expect(take('1', 'busy', 5999)).toBe(false);
  });
});

describe('MessagingLimits', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  let limits: MessagingLimits;
  beforeEach(() => {
    limits = new MessagingLimits();
  });

  it('counts people and not messages, and lets each go after 24 hours without one', () => {
    for (let user = 0; user < 50; user += 1) limits.take('1', `u${user}`, 'TIER_50', user);
    expect(limits.take('1', 'u0', 'TIER_50', 100)).toBe(true);
    expect(limits.take('1', 'new', 'TIER_50', 100)).toBe(false);
    // u1 is the oldest now: u0 was written to again.
    expect(limits.take('1', 'new', 'TIER_50', DAY_MS)).toBe(false);
    expect(limits.take('1', 'new', 'TIER_50', DAY_MS + 1)).toBe(true);
    expect(limits.take('1', 'other', 'TIER_50', DAY_MS + 1)).toBe(false);
  });

  it('keeps portfolios apart, and lets an unlimited one be', () => {
    for (let user = 0; user < 50; user += 1) limits.take('1', `u${user}`, 'TIER_50', 0);
    expect(limits.take('2', 'new', 'TIER_50', 0)).toBe(true);
    expect(limits.take('1', 'new', 'TIER_UNLIMITED', 0)).toBe(true);
    expect([limits.used('1', 0), limits.used('1', DAY_MS)]).toEqual([50, 0]);
  });
});

describe('MarketingCaps', () => {
  it('lets so many through in any 24 hours, to each person', () => {
    const caps = new MarketingCaps();
    const day = 24 * 60 * 60 * 1000;
    expect([0, 1, 2].map((at) => caps.take('5511', 2, at))).toEqual([true, true, false]);
    expect([caps.take('5512', 2, 2), caps.take('5511', 2, day - 1), caps.take('5511', 2, day)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
