import { Injectable } from '@nestjs/common';
import { chargeRetry, RETRY_WINDOW_MS } from '@parley/domain';
import { Clock } from '@parley/platform';

const MAX_NUMBERS = 20_000;

interface Spending {
  /** First attempts of the window that began then, and of the one before. */
  windowFrom: number;
  sends: number;
  sendsBefore: number;
  paidUntilMs: number;
}

/**
 * What each number has spent on retries. It is kept in the process that sends for the number: another one that takes the
 * number over begins with a full budget.
 */
@Injectable()
export class RetryBudgets {
  private readonly spending = new Map<string, Spending>();

  constructor(private readonly clock: Clock) {}

  /** A first attempt of a message. */
  noteSend(numberId: string): void {
    this.of(numberId).sends += 1;
  }

  /** Charges one retry; answers how many milliseconds later than its schedule says it may start. */
  charge(numberId: string): number {
    const one = this.of(numberId);
    const nowMs = this.clock.monotonicMs();
    const shareBefore = 1 - (nowMs - one.windowFrom) / RETRY_WINDOW_MS;
    const { paidUntilMs, putOffMs } = chargeRetry(one.paidUntilMs, nowMs, one.sends + one.sendsBefore * shareBefore);
    one.paidUntilMs = paidUntilMs;
    return putOffMs;
  }

  private of(numberId: string): Spending {
    const nowMs = this.clock.monotonicMs();
    let one = this.spending.get(numberId);
    if (!one) {
      if (this.spending.size >= MAX_NUMBERS) this.spending.delete(this.spending.keys().next().value!);
      one = { windowFrom: nowMs, sends: 0, sendsBefore: 0, paidUntilMs: 0 };
      this.spending.set(numberId, one);
    }
    const age = nowMs - one.windowFrom;
    if (age >= RETRY_WINDOW_MS) {
      one.sendsBefore = age < 2 * RETRY_WINDOW_MS ? one.sends : 0;
      one.sends = 0;
      one.windowFrom = nowMs;
    }
    return one;
  }
}
