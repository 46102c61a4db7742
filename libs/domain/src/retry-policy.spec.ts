import fc from 'fast-check';
import { maxAttempts, nextAttempt, REPLY_RETRY, retryPolicyOf, TEMPLATE_RETRY, WEBHOOK_RETRY } from './retry-policy.js';

describe('nextAttempt', () => {
  it('sends templates at once and after 1, 2, 4 and 8 minutes, five times in all', () => {
    const minutes = [0, 1, 2, 3, 4, 5]
      .map((done) => nextAttempt(TEMPLATE_RETRY, done, 0.7))
      .map((ms) => ms && ms / 60_000);
    expect(minutes).toEqual([0, 1, 2, 4, 8, null]);
    expect(maxAttempts(TEMPLATE_RETRY)).toBe(5);
  });

  it.each([REPLY_RETRY, WEBHOOK_RETRY])('tries three times, never before 1 s nor after 60 s, with jitter', (policy) => {
    expect(maxAttempts(policy)).toBe(3);
    expect([0, 1, 2, 3].map((done) => nextAttempt(policy, done, 0))).toEqual([0, 1_000, 2_000, null]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (done, random) => {
          const wait = nextAttempt(policy, done, random);
          expect(wait).toBeGreaterThanOrEqual(1_000);
          expect(wait).toBeLessThanOrEqual(60_000);
        },
      ),
    );
    expect(nextAttempt(policy, 1, 0.9)).not.toBe(nextAttempt(policy, 1, 0.1));
  });

  it('holds the longest wait however often it tries', () => {
    const patient = { ...REPLY_RETRY, attempts: 50 } as typeof REPLY_RETRY;
    expect(nextAttempt(patient, 40, 0.99)).toBe(60_000);
  });

  it('treats templates and answers apart', () => {
    expect(retryPolicyOf('template')).toBe(TEMPLATE_RETRY);
    expect(retryPolicyOf('text')).toBe(REPLY_RETRY);
  });
});
