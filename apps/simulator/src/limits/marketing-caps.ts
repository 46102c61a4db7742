import { Injectable } from '@nestjs/common';

const DAY_MS = 24 * 60 * 60 * 1000;
const SWEEP_AT = 100_000;

/** How many marketing templates each person got within 24 hours, of all businesses together. */
@Injectable()
export class MarketingCaps {
  private readonly times = new Map<string, number[]>();
  private sweepAt = SWEEP_AT;

  /** Whether that person may get one more now; counts it if so. Meta's own cap adapts and is not published. */
  take(recipient: string, cap: number, nowMs: number): boolean {
    const times = (this.times.get(recipient) ?? []).filter((at) => nowMs - at < DAY_MS);
    if (times.length >= cap) return false;
    this.times.set(recipient, [...times, nowMs]);
    if (this.times.size > this.sweepAt) this.sweep(nowMs);
    return true;
  }

  clear(): void {
    this.times.clear();
  }

  private sweep(nowMs: number): void {
    for (const [recipient, times] of this.times) {
      if (nowMs - (times.at(-1) ?? 0) >= DAY_MS) this.times.delete(recipient);
    }
    this.sweepAt = Math.max(SWEEP_AT, this.times.size * 2);
  }
}
