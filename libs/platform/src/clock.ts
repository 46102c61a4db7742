/**
 * Where code takes time from, so that tests can hold it. What is due, leased, open or expired is decided by the
 * database's clock; this one serves everything that stays inside the process.
 */
export abstract class Clock {
  /** The wall clock. */
  abstract now(): Date;
  /** Milliseconds that only ever rise, for durations; their zero means nothing. */
  abstract monotonicMs(): number;
}

/** The clocks of this machine. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }
}

/** A clock for tests: it stands still until it is moved. */
export class FixedClock extends Clock {
  private wallMs: number;
  private elapsedMs = 0;

  constructor(at: Date | string = '2026-01-01T00:00:00.000Z') {
    super();
    this.wallMs = new Date(at).getTime();
  }

  now(): Date {
    return new Date(this.wallMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** Moves both clocks forward. */
  advance(ms: number): void {
    this.wallMs += ms;
    this.elapsedMs += ms;
  }

  /** Sets the wall clock alone, as an operator or NTP would. */
  setWall(at: Date | string): void {
    this.wallMs = new Date(at).getTime();
  }
}
