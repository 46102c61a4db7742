import { CircuitState, CountBreaker } from 'cockatiel';

/** POSTs that an open breaker lets through once its time is over. */
export const PROBES = 3;

/** Half of the last 20 POSTs, and at least 10: a number in trouble is noticed after 11 failures at the latest. */
const SAMPLE = { size: 20, minimumNumberOfCalls: 10, threshold: 0.5 };
const FIRST_OPEN_MS = 5_000;
const LONGEST_OPEN_MS = 60_000;

export type BreakerChange = 'opened' | 'closed';

/**
 * The circuit breaker of one number. Open it lets nothing leave; after a time that the database counts, the first
 * outcome of a probe closes it or opens it for longer.
 */
export class NumberBreaker {
  private readonly sample = new CountBreaker(SAMPLE);
  private state = CircuitState.Closed;
  private probesLeft = 0;
  private hasBegun = false;

  /** @param openings how often it opened before; where that is not 0 it begins with its probes */
  constructor(public openings = 0) {
    if (openings === 0) return;
    this.state = CircuitState.HalfOpen;
    this.probesLeft = PROBES;
  }

  get isClosed(): boolean {
    return this.state === CircuitState.Closed;
  }

  get isHalfOpen(): boolean {
    return this.state === CircuitState.HalfOpen;
  }

  /** How many may leave now. Probes are given out once. */
  takeLimit(): number {
    if (this.isClosed) return Infinity;
    const probes = this.probesLeft;
    this.probesLeft = 0;
    return probes;
  }

  /** True for the first probe that leaves, and never while it is closed. */
  beginProbing(): boolean {
    if (!this.isHalfOpen || this.hasBegun) return false;
    this.hasBegun = true;
    return true;
  }

  /** Takes in how a POST ended; answers what that changed. While it is open, what left before it opened changes nothing. */
  note(hasFailed: boolean): BreakerChange | null {
    if (this.isClosed) {
      if (!hasFailed) this.sample.success(this.state);
      return hasFailed && this.sample.failure(this.state) ? this.open() : null;
    }
    if (!this.isHalfOpen) return null;
    return hasFailed ? this.open() : this.close();
  }

  private open(): BreakerChange {
    this.state = CircuitState.Open;
    this.probesLeft = 0;
    this.openings += 1;
    return 'opened';
  }

  private close(): BreakerChange {
    this.sample.success(this.state);
    this.state = CircuitState.Closed;
    this.openings = 0;
    return 'closed';
  }
}

/**
 * How long a breaker stays open, in milliseconds.
 * @param openings this opening counted
 * @param random a number in [0, 1), so that numbers which failed in one moment are not probed in one moment
 */
export function openForMs(openings: number, random: number): number {
  const longest = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** Math.min(openings - 1, 10));
  return Math.round(longest * (1 + random) / 2);
}
