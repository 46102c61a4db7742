import { Backpressure } from './backpressure.js';

describe('Backpressure', () => {
  let nowMs = 0;
  let backpressure: Backpressure;
  beforeEach(() => {
    nowMs = 1_000_010;
    backpressure = new Backpressure(() => nowMs);
  });

  it('lets pass at once what is for a number whose messages leave in time', () => {
    expect(backpressure.pauseMs('a')).toBe(0);
    backpressure.note('a', 199);
    expect(backpressure.pauseMs('a')).toBe(0);
  });

  it.each([[200, 50], [399, 50], [400, 100], [800, 200], [1_600, 400], [3_600_000, 400]])('a number that is %i ms late opens every %i ms', (lateMs, everyMs) => {
    backpressure.note('a', lateMs);
    expect(backpressure.pauseMs('a')).toBe(everyMs - (nowMs % everyMs));
    expect(backpressure.pauseMs('b')).toBe(0);
  });

  it('openings of all late numbers fall together', () => {
    backpressure.note('a', 300);
    backpressure.note('b', 5_000);
    const opening = nowMs + backpressure.pauseMs('b');
    nowMs = opening - 10;
    expect(backpressure.pauseMs('a')).toBe(10);
    expect(backpressure.pauseMs('b')).toBe(10);
  });

  it('forgets a number that caught up, and one of which nobody heard for long', () => {
    backpressure.note('a', 5_000);
    backpressure.note('a', 0);
    expect(backpressure.pauseMs('a')).toBe(0);
    backpressure.note('a', 5_000);
    nowMs += 10_000;
    expect(backpressure.pauseMs('a')).toBe(0);
  });
});
