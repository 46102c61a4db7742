import { QuotaWindows } from './quota-windows.js';

describe('QuotaWindows', () => {
  let nowMs = 0;
  let windows: QuotaWindows;
  beforeEach(() => {
    nowMs = 1_000;
    windows = new QuotaWindows(() => nowMs);
  });

  it('knows the window from the first message on, of each organisation', () => {
    windows.note('a', 100);
    windows.note('a', 100);
    expect([windows.ofSend('a'), windows.ofSend('b')]).toEqual([100, undefined]);
  });

  it('gives nothing to a new window while sends of the one before may be under way', () => {
    windows.note('a', 100);
    windows.note('a', 200);
    expect(windows.ofSend('a')).toBeUndefined();
    nowMs += 60_000;
    expect(windows.ofSend('a')).toBeUndefined();
    nowMs += 1;
    expect(windows.ofSend('a')).toBe(200);
  });

  it('knows no window after a set that was taken from two', () => {
    windows.note('a', 100);
    windows.note('a', null);
    nowMs += 120_000;
    expect(windows.ofSend('a')).toBeUndefined();
    windows.note('a', 200);
    nowMs += 120_000;
    expect(windows.ofSend('a')).toBe(200);
  });
});
