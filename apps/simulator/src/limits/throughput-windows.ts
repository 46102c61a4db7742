import { Injectable } from '@nestjs/common';
import type { ThroughputLevel } from '../state/account.js';

const WINDOW_MS = 1000;

/** Messages a second by level. Meta: 80 by default, 1,000 after the upgrade, 20 beside the business app. */
const PER_SECOND: Record<ThroughputLevel, number> = { STANDARD: 80, HIGH: 1000, COEXISTENCE: 20 };

/** A true sliding window: the times of the last `limit` messages in a ring. Refused ones are not recorded. */
export class SlidingWindow {
  private readonly times: Float64Array;
  private next = 0;

  constructor(readonly limit: number) {
    this.times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  }

  take(nowMs: number): boolean {
    const oldest = this.times[this.next] ?? Number.NEGATIVE_INFINITY;
    if (nowMs - oldest < WINDOW_MS) return false;
    this.times[this.next] = nowMs;
    this.next = (this.next + 1) % this.limit;
    return true;
  }
}

/** The throughput of each number. */
@Injectable()
export class ThroughputWindows {
  private readonly windows = new Map<string, SlidingWindow>();

  /** Whether the number may send one more now. */
  take(phoneNumberId: string, level: ThroughputLevel, nowMs: number): boolean {
    const limit = PER_SECOND[level];
    let window = this.windows.get(phoneNumberId);
    if (window?.limit !== limit) {
      window = new SlidingWindow(limit);
      this.windows.set(phoneNumberId, window);
    }
    return window.take(nowMs);
  }

  clear(): void {
    this.windows.clear();
  }
}
