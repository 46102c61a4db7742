import fc from 'fast-check';
import { NumberBreaker, openForMs, PROBES } from './number-breaker.js';

function failures(breaker: NumberBreaker, most = 100): number {
  for (let count = 1; count <= most; count += 1) if (breaker.note(true) === 'opened') return count;
  return most + 1;
}

describe('the breaker of a number', () => {
  it('opens after at most 20 failures in a row, whatever came before them', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (before) => {
        const breaker = new NumberBreaker();
        for (const failed of before) breaker.note(failed);
        if (!breaker.isClosed) return;
        expect(failures(breaker)).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('stays closed over single failures, and lets everything through', () => {
    const breaker = new NumberBreaker();
    for (let n = 0; n < 200; n += 1) expect(breaker.note(n % 3 === 0)).toBeNull();
    expect(breaker.takeLimit()).toBe(Infinity);
  });

  it('lets nothing through while it is open, and hears nothing of what left before', () => {
    const breaker = new NumberBreaker();
    failures(breaker);
    expect(breaker.takeLimit()).toBe(0);
    expect([breaker.note(false), breaker.note(true)]).toEqual([null, null]);
    expect(breaker.takeLimit()).toBe(0);
  });

  it('gives its probes out once, and the first outcome decides', () => {
    const [good, bad] = [new NumberBreaker(1), new NumberBreaker(1)];
    for (const breaker of [good, bad]) expect([breaker.takeLimit(), breaker.takeLimit()]).toEqual([PROBES, 0]);
    expect([bad.beginProbing(), bad.beginProbing()]).toEqual([true, false]);
    expect(good.note(false)).toBe('closed');
    expect(good.takeLimit()).toBe(Infinity);
    expect(bad.note(true)).toBe('opened');
    expect(bad).toMatchObject({ openings: 2 });
    expect(bad.takeLimit()).toBe(0);
  });

  it('never has more than three out, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('take', 'good', 'bad'), { maxLength: 50 }), (steps) => {
        const breaker = new NumberBreaker(2);
        let out = 0;
        for (const step of steps) {
          if (step === 'take') out += breaker.takeLimit();
          else breaker.note(step === 'bad');
          if (breaker.isClosed) return;
          expect(out).toBeLessThanOrEqual(PROBES);
        }
      }),
    );
  });

  it('stays open for longer each time, a minute at most, and not all alike', () => {
    expect([1, 2, 3, 4, 5, 50].map((openings) => openForMs(openings, 0.999))).toEqual([4_998, 9_995, 19_990, 39_980, 59_970, 59_970]);
    expect(openForMs(1, 0)).toBe(2_500);
  });
});
