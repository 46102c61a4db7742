/** From so late on requests wait, in ms. */
const LATE_MS = 200;
/** The shortest pause; each doubling of the lateness doubles it. */
const LEAST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 400;
/** How long a number counts as late after the last word of it, in ms: only those who send to it bring the next. */
const KEPT_MS = 10_000;
const MAX_NUMBERS = 10_000;

interface Late {
  readonly pauseMs: number;
  readonly until: number;
}

/**
 * Work in hand goes before new work: while messages of a number leave late although the number might send them, further
 * ones for it are taken in more slowly. Nothing is refused; requests wait for the next opening, which all late numbers share, so that
 * what they bring is written in few large sets and leaves the database to those who send.
 */
export class Backpressure {
  private readonly late = new Map<string, Late>();

  /** @param now a clock of milliseconds that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes in how late the messages of a number leave. */
  note(numberId: string, lateMs: number): void {
    const pauseMs = pauseOf(lateMs);
    if (pauseMs === 0) {
      this.late.delete(numberId);
      return;
    }
    if (this.late.size >= MAX_NUMBERS) this.late.delete(this.late.keys().next().value!);
    this.late.set(numberId, { pauseMs, until: this.now() + KEPT_MS });
  }

  /** For how long a request for this number should wait now, in ms: 0 where its messages leave in time. */
  pauseMs(numberId: string): number {
    const late = this.late.get(numberId);
    if (!late) return 0;
    const now = this.now();
    if (now < late.until) return late.pauseMs - (now % late.pauseMs);
    this.late.delete(numberId);
    return 0;
  }
}

function pauseOf(lateMs: number): number {
  if (lateMs < LATE_MS) return 0;
  return Math.min(LONGEST_PAUSE_MS, LEAST_PAUSE_MS * 2 ** Math.floor(Math.log2(lateMs / LATE_MS)));
}
