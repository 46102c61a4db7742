import { Injectable } from '@nestjs/common';

const WINDOW_MS = 1000;

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
    this.record(nowMs);
    return true;
  }

  /** Counts what cannot be refused. */
  record(nowMs: number): void {
    this.times[this.next] = nowMs;
    this.next = (this.next + 1) % this.limit;
  }
}

/** The throughput of each number, in and out. */
@Injectable()
export class ThroughputWindows {
  private readonly windows = new Map<string, SlidingWindow>();

  /** Whether the number may send one more now, at so many a second. */
  take(phoneNumberId: string, perSecond: number, nowMs: number): boolean {
    return this.window(phoneNumberId, perSecond).take(nowMs);
  }

  /** Counts a message of a customer: it takes its place, but is never refused. */
  countInbound(phoneNumberId: string, perSecond: number, nowMs: number): void {
    this.window(phoneNumberId, perSecond).record(nowMs);
  }

  clear(): void {
    this.windows.clear();
  }

  private window(phoneNumberId: string, limit: number): SlidingWindow {
    let window = this.windows.get(phoneNumberId);
    if (window?.limit !== limit) {
      window = new SlidingWindow(limit);
      this.windows.set(phoneNumberId, window);
    }
    return window;
  }
}
