import { Injectable } from '@nestjs/common';

/** The simulator's own time. It can be put forward, so that days pass for ids, windows and limits without waiting. */
@Injectable()
export class Clock {
  private aheadMs = 0;

  /** Unix milliseconds. */
  nowMs(): number {
    return Date.now() + this.aheadMs;
  }

  /** Unix seconds, as Meta writes times. */
  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Milliseconds with fractions that never go back, for rates. */
  preciseMs(): number {
    return performance.now() + this.aheadMs;
  }

  /** Puts the clock forward. Timers.advance does so too, and does what becomes due on the way. */
  advance(byMs: number): void {
    this.aheadMs += byMs;
  }

  clear(): void {
    this.aheadMs = 0;
  }
}
