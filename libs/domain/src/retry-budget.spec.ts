import fc from 'fast-check';
import { chargeRetry, RETRY_WINDOW_MS } from './retry-budget.js';

/** The moments at which retries come, when so many messages fail at these moments. */
function startsOf(failures: readonly number[], sends: number): number[] {
  let paidUntilMs = 0;
  return failures.map((nowMs) => {
    const charged = chargeRetry(paidUntilMs, nowMs, sends);
    paidUntilMs = charged.paidUntilMs;
    return nowMs + charged.putOffMs;
  });
}

const moments = fc.array(fc.integer({ min: 0, max: 10 * RETRY_WINDOW_MS }), { maxLength: 400 }).map((list) => list.sort((a, b) => a - b));

describe('the budget of retries', () => {
  it('lets a number that sends little try again at once', () => {
    expect(startsOf(Array<number>(10).fill(5), 0)).toEqual(Array<number>(10).fill(5));
  });

  it('holds retries to the floor and a tenth of the sends, over whatever time', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 2_000 }), (failures, sends) => {
        const starts = startsOf(failures, sends);
        const allowance = 10 + sends / 10;
        const windows = (starts.at(-1) ?? 0) / RETRY_WINDOW_MS;
        expect(starts.length).toBeLessThanOrEqual(allowance * (windows + 1) + 1);
      }),
    );
  });

  it('loses none, and never brings one forward', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 100 }), (failures, sends) => {
        const starts = startsOf(failures, sends);
        expect(starts).toHaveLength(failures.length);
        for (const [at, start] of starts.entries()) expect(start).toBeGreaterThanOrEqual(failures[at]!);
      }),
    );
  });

  it('spreads a storm: a thousand failures of one moment come back over time, not together', () => {
    const starts = startsOf(Array<number>(1_000).fill(0), 1_000);
    const inFirstWindow = starts.filter((at) => at < RETRY_WINDOW_MS).length;
    expect(inFirstWindow).toBeLessThanOrEqual(2 * 110 + 1);
    expect(new Set(starts).size).toBeGreaterThan(800);
  });
});
