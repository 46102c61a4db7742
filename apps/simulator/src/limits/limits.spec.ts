import fc from 'fast-check';
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
  it.each([
    ['STANDARD', 80],
    ['HIGH', 1000],
    ['COEXISTENCE', 20],
  ] as const)('gives %s %i a second', (level, limit) => {
    const windows = new ThroughputWindows();
    const taken = Array.from({ length: limit + 50 }, () => windows.take('1', level, 5)).filter(Boolean);
    expect(taken).toHaveLength(limit);
    expect(windows.take('2', level, 5)).toBe(true);
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
