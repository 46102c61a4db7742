import fc from 'fast-check';
import { debtOf, PAIR_BURST, PAIR_INTERVAL_US, pairWaitUs, penaltyUs } from './pair-debt.js';

/** Sends as often as the bucket lets it, at the times at which one asks. */
function sendsAt(asksUs: readonly number[]): number[] {
  const sent: number[] = [];
  for (const nowUs of [...asksUs].sort((one, other) => one - other)) {
    if (pairWaitUs(debtOf(sent.map((atUs) => nowUs - atUs))) === 0) sent.push(nowUs);
  }
  return sent;
}

const asks = fc.array(fc.nat(400_000_000), { minLength: 1, maxLength: 120 });

describe('the debt of a pair', () => {
  it('never lets more through in any time than the burst and one for each 6 seconds', () => {
    const property = fc.property(asks, (asksUs) => {
      const sent = sendsAt(asksUs);
      for (const [from, startUs] of sent.entries()) {
        for (const [to, endUs] of sent.entries()) {
          if (to >= from) expect(to - from + 1).toBeLessThanOrEqual(PAIR_BURST + Math.floor((endUs - startUs) / PAIR_INTERVAL_US));
        }
      }
    });
    fc.assert(property, { numRuns: 50 });
  });

  it('lets all of the burst go at once, and a pair send as soon as it said', () => {
    const burst = Array.from({ length: PAIR_BURST }, () => 0);
    expect(sendsAt([...burst, 0, 0])).toHaveLength(PAIR_BURST);
    const waitUs = pairWaitUs(debtOf(burst));
    expect(waitUs).toBe(PAIR_INTERVAL_US);
    expect(pairWaitUs(debtOf(burst.map(() => waitUs)))).toBe(0);
    expect(pairWaitUs(debtOf(burst.map(() => waitUs - 1)))).toBe(1);
  });

  it('is the same in whatever order the sends are told, and falls with time', () => {
    const property = fc.property(asks, fc.nat(60_000_000), (agoUs, laterUs) => {
      const debtUs = debtOf(agoUs);
      expect(debtOf([...agoUs].reverse())).toBe(debtUs);
      expect(debtOf(agoUs.map((us) => us + laterUs))).toBe(Math.max(0, debtUs - laterUs));
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('rests 1, 4, 16, 64, 256 seconds when Meta refuses it again and again, and no longer', () => {
    expect([1, 2, 3, 4, 5, 9].map((count) => penaltyUs(count) / 1_000_000)).toEqual([1, 4, 16, 64, 256, 256]);
  });
});
