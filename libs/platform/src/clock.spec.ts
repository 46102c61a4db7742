import { FixedClock, SystemClock } from './clock.js';

describe('clocks', () => {
  it('the fixed clock moves only when it is moved', () => {
    const clock = new FixedClock('2026-03-01T10:00:00Z');
    clock.advance(1_500);
    expect([clock.now().toISOString(), clock.monotonicMs()]).toEqual(['2026-03-01T10:00:01.500Z', 1_500]);
    clock.setWall('2020-01-01T00:00:00Z');
    expect([clock.now().getUTCFullYear(), clock.monotonicMs()]).toEqual([2020, 1_500]);
  });

  it('the fixed clock hands out dates that cannot move it', () => {
    const clock = new FixedClock();
    clock.now().setFullYear(1999);
    expect(clock.now().getUTCFullYear()).toBe(2026);
  });

  it("the system clock is this machine's, and its monotonic side rises", () => {
    const clock = new SystemClock();
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1_000);
    const before = clock.monotonicMs();
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
