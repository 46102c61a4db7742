import type { Clock } from '@parley/platform';
import { RetryBudgets } from './retry-budgets.js';

const MINUTE_MS = 60_000;

function setUp(): { budgets: RetryBudgets; pass: (ms: number) => void; charge: (numberId: string, times: number) => number[] } {
  let nowMs = 1_000;
  const clock: Pick<Clock, 'monotonicMs'> = { monotonicMs: () => nowMs };
  const budgets = new RetryBudgets(clock as Clock);
  const charge = (numberId: string, times: number): number[] => Array.from({ length: times }, () => budgets.charge(numberId));
  return { budgets, pass: (ms) => (nowMs += ms), charge };
}

const free = (waits: readonly number[]): number => waits.filter((ms) => ms === 0).length;

describe('the budgets of retries', () => {
  it('are those of each number: one that fails does not put off another', () => {
    const { charge } = setUp();
    expect(free(charge('failing', 50))).toBe(10);
    expect(free(charge('other', 10))).toBe(10);
  });

  it('grow with what a number sends, by a tenth', () => {
    const { budgets, charge } = setUp();
    for (let n = 0; n < 1_000; n += 1) budgets.noteSend('busy');
    expect(free(charge('busy', 500))).toBe(110);
  });

  it('forget sends after two windows, and are full again once all is paid', () => {
    const { budgets, charge, pass } = setUp();
    for (let n = 0; n < 1_000; n += 1) budgets.noteSend('busy');
    charge('busy', 110);
    pass(2 * MINUTE_MS);
    expect(free(charge('busy', 50))).toBe(10);
  });
});
