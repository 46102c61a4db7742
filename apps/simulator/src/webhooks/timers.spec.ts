import fc from 'fast-check';
import { Clock } from '../state/clock.js';
import { Timers } from './timers.js';

const HOUR_MS = 3_600_000;

describe('Timers', () => {
  let clock: Clock;
  let timers: Timers;

  beforeEach(() => {
    clock = new Clock();
    timers = new Timers(clock);
  });

  afterEach(() => timers.clear());

  it('lets days pass at once, and each action see the time that it was meant for', () => {
    const startedAt = clock.nowMs();
    const seen: number[] = [];
    for (const hours of [30, 2, 5]) timers.after(hours * HOUR_MS, () => seen.push(clock.nowMs() - startedAt));
    timers.advance(6 * HOUR_MS);
    expect(seen.map((ms) => Math.round(ms / HOUR_MS))).toEqual([2, 5]);
    timers.advance(24 * HOUR_MS);
    expect(seen).toHaveLength(3);
  });

  it('runs everything once, by time, and in the order of asking where the time is the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }), (hours) => {
        const ran: { hour: number; index: number }[] = [];
        hours.forEach((hour, index) => timers.after((hour + 1) * HOUR_MS, () => ran.push({ hour, index })));
        timers.advance(50 * HOUR_MS);
        expect(ran.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(hours.map((_, index) => index));
        expect(ran.map(({ hour }) => hour)).toEqual(hours.toSorted((a, b) => a - b));
      }),
    );
  });

  it('runs what an action asks for within the time that passes', () => {
    const steps: string[] = [];
    timers.after(HOUR_MS, () => timers.after(HOUR_MS, () => steps.push('second')));
    timers.advance(3 * HOUR_MS);
    expect(steps).toEqual(['second']);
  });

  it('forgets everything when it is cleared', () => {
    let ran = false;
    timers.after(HOUR_MS, () => (ran = true));
    timers.clear();
    timers.advance(2 * HOUR_MS);
    expect(ran).toBe(false);
  });

  it('runs by itself when the time has come', async () => {
    await new Promise<void>((resolve) => timers.after(1, resolve));
  });
});
