/** A look at a server's clock: asked at `sentMs`, answered at `receivedMs` of our own clock. */
export interface TimeSample {
  readonly sentMs: number;
  readonly receivedMs: number;
  readonly serverUs: number;
}

/** How long a sample is believed. Clocks drift by at most half a millisecond a second; in this time by some 2 ms. */
const SAMPLE_TTL_MS = 5_000;

/**
 * Where a server's clock stands against ours. Start times are the server's; taken as "so long after the answer came"
 * they would move by the delay of each answer, and two sets could come closer than the limit allows. The fastest
 * exchange of the last seconds tells the difference best (as in NTP): its error is at most half its round trip.
 */
export class ServerTime {
  private best: TimeSample | undefined;
  private lastRoundTripMs = 0;

  observe(sample: TimeSample): void {
    this.lastRoundTripMs = roundTrip(sample);
    const { best } = this;
    const isStale = best !== undefined && sample.receivedMs - best.receivedMs > SAMPLE_TTL_MS;
    if (best === undefined || isStale || this.lastRoundTripMs <= roundTrip(best)) this.best = sample;
  }

  /** What the next answer is likely to take: a start planned earlier than that would be missed. */
  get leadMs(): number {
    return this.lastRoundTripMs;
  }

  /** A moment of the server's clock, on ours. Needs one sample. */
  toLocalMs(serverUs: number): number {
    if (!this.best) throw new Error('The server has not been heard of yet');
    const { sentMs, receivedMs, serverUs: knownUs } = this.best;
    return (sentMs + receivedMs) / 2 + (serverUs - knownUs) / 1_000;
  }
}

function roundTrip({ sentMs, receivedMs }: TimeSample): number {
  return receivedMs - sentMs;
}
