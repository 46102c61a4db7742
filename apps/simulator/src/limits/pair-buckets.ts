import { Injectable } from '@nestjs/common';

const SWEEP_AT = 100_000;

/** How many messages one person may get at once, and how long each takes to be paid. */
export interface PairRate {
  readonly burst: number;
  readonly intervalMs: number;
}

/** Meta: one message each 6 seconds to one person, up to 45 of them borrowed ahead. */
export const META_PAIR_RATE: PairRate = { burst: 45, intervalMs: 6000 };

/** The pair rate limit as a leaky bucket (GCRA): one number for each pair, the time at which its debt is paid. */
@Injectable()
export class PairBuckets {
  private readonly paidAt = new Map<string, number>();
  private sweepAt = SWEEP_AT;

  /** Whether that number may write to that person once more now. */
  allows(phoneNumberId: string, recipient: string, nowMs: number, rate = META_PAIR_RATE): boolean {
    const paidAt = this.paidAt.get(pairKey(phoneNumberId, recipient)) ?? 0;
    return paidAt - nowMs <= (rate.burst - 1) * rate.intervalMs;
  }

  /** Adds one message to the debt of the pair. */
  add(phoneNumberId: string, recipient: string, nowMs: number, rate = META_PAIR_RATE): void {
    const key = pairKey(phoneNumberId, recipient);
    this.paidAt.set(key, Math.max(this.paidAt.get(key) ?? 0, nowMs) + rate.intervalMs);
    if (this.paidAt.size > this.sweepAt) this.sweep(nowMs);
  }

  clear(): void {
    this.paidAt.clear();
  }

  private sweep(nowMs: number): void {
    for (const [key, paidAt] of this.paidAt) if (paidAt <= nowMs) this.paidAt.delete(key);
    this.sweepAt = Math.max(SWEEP_AT, this.paidAt.size * 2);
  }
}

function pairKey(phoneNumberId: string, recipient: string): string {
  return `${phoneNumberId}:${recipient}`;
}
