import { retryScheduleMs } from './retry-schedule.js';

const sum = (waits: number[]): number => waits.reduce((total, wait) => total + wait, 0);

describe('retryScheduleMs', () => {
  it('tries at once, then ever more rarely, for seven days', () => {
    const waits = retryScheduleMs(1);
    expect(waits[0]).toBe(0);
    expect(waits.slice(1, -1)).toEqual(waits.slice(1, -1).toSorted((a, b) => a - b));
    expect(sum(waits)).toBe(7 * 24 * 60 * 60 * 1000);
  });

  it('makes a minute of a day', () => {
    expect(sum(retryScheduleMs(1440))).toBeCloseTo(7 * 60 * 1000, -3);
  });
});
