/** Weight of the newest in the running means. */
const NEWEST_SHARE = 0.1;
/** So many mean deviations above the mean, most are done. */
const DEVIATIONS = 2;

/**
 * How long something takes, as it did lately, in ms: what has to be ready in time begins so much ahead. Mean and mean
 * deviation as in the timer of TCP (RFC 6298), within bounds.
 */
export class LeadTime {
  private meanMs: number;
  private deviationMs = 0;

  constructor(
    private readonly leastMs: number,
    private readonly longestMs: number,
  ) {
    this.meanMs = leastMs;
  }

  get ms(): number {
    return Math.min(this.longestMs, Math.max(this.leastMs, this.meanMs + DEVIATIONS * this.deviationMs));
  }

  note(tookMs: number): void {
    const offMs = Math.min(tookMs, this.longestMs) - this.meanMs;
    this.meanMs += offMs * NEWEST_SHARE;
    this.deviationMs += (Math.abs(offMs) - this.deviationMs) * NEWEST_SHARE;
  }
}
