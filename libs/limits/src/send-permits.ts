import { CircuitState, type CircuitBreakerPolicy } from 'cockatiel';
import { HORIZON_MS, intervalUs, MAX_LATENESS_MS, QUIET_MS } from './pacing.js';
import type { PermitBackend, PermitStore, ReserveRequest } from './permit-store.js';
import { ServerTime } from './server-time.js';

export interface TakePermits {
  readonly numberId: string;
  /** The number's limit: at most so many starts in any second. */
  readonly perSecond: number;
  /** How many starts are wanted. */
  readonly count: number;
  /**
   * The backend that the last `take` for this number answered, in whichever process: `phone_numbers.limiter`. Where
   * another one answers now, the window starts empty. null: nothing was ever sent from this number.
   */
  readonly previousBackend: PermitBackend | null;
}

export interface Permits {
  /** When each start may leave, in ms from now; it is used within MAX_LATENESS_MS of that, or given up. Rising. */
  readonly startsAtMs: readonly number[];
  /** To be recorded before the next `take`, also when nothing was granted. */
  readonly backend: PermitBackend;
  /** Where nothing was granted: when to ask again, in ms from now. Else 0. */
  readonly retryAfterMs: number;
}

/** Told when the limiter begins to count elsewhere. */
export type ObserveLimiterMode = (mode: PermitBackend) => void;

export interface SendPermitsParts {
  readonly redis: PermitStore;
  readonly database: PermitStore;
  /** Opens when Redis fails several times in a row, and probes it half-open. */
  readonly breaker: CircuitBreakerPolicy;
  readonly observeMode: ObserveLimiterMode;
  /** Our own clock, in ms; only differences count. */
  readonly nowMs?: () => number;
}

/** After a lone failure of Redis: soon, but not at once. */
const RETRY_MS = 20;

/**
 * Start times for sending, paced per phone number over all processes: no second ever holds more than the number's
 * limit. Redis counts; while it does not answer, the database does. A single slow answer of Redis changes nothing yet,
 * since each change costs the number an empty window: the breaker decides.
 */
export class SendPermits {
  private readonly times: Readonly<Record<PermitBackend, ServerTime>> = {
    redis: new ServerTime(),
    database: new ServerTime(),
  };
  private mode: PermitBackend = 'redis';
  private readonly nowMs: () => number;

  constructor(private readonly parts: SendPermitsParts) {
    this.nowMs = parts.nowMs ?? (() => performance.now());
  }

  /** Reserves up to `count` starts, at most a second ahead. @throws when neither backend answers. */
  async take(wanted: TakePermits): Promise<Permits> {
    assertUsable(wanted);
    const { breaker } = this.parts;
    try {
      const permits = await breaker.execute(() => this.reserve('redis', wanted));
      this.noteMode('redis');
      return permits;
    } catch {
      // What failed is told by the change of mode. What Redis may have reserved by then stays unused.
      if (breaker.state === CircuitState.Closed) {
        return { startsAtMs: [], backend: wanted.previousBackend ?? 'redis', retryAfterMs: RETRY_MS };
      }
    }
    const permits = await this.reserve('database', wanted);
    this.noteMode('database');
    return permits;
  }

  private async reserve(backend: PermitBackend, wanted: TakePermits): Promise<Permits> {
    const time = this.times[backend];
    const sentMs = this.nowMs();
    const { nowUs, firstAtUs, granted } = await this.parts[backend].reserve(requestOf(wanted, backend, time.leadMs));
    const receivedMs = this.nowMs();
    time.observe({ sentMs, receivedMs, serverUs: nowUs });

    const step = intervalUs(wanted.perSecond);
    const firstInMs = time.toLocalMs(firstAtUs) - receivedMs;
    const startsAtMs = Array.from({ length: granted }, (_, index) => firstInMs + (index * step) / 1_000)
      // The answer took longer than a start may be late: that start is lost, never moved.
      .filter((startMs) => startMs > -MAX_LATENESS_MS);
    const isEmpty = startsAtMs.length === 0;
    return { startsAtMs, backend, retryAfterMs: isEmpty ? Math.max(1, Math.ceil(firstInMs - HORIZON_MS)) : 0 };
  }

  private noteMode(mode: PermitBackend): void {
    if (mode === this.mode) return;
    this.mode = mode;
    this.parts.observeMode(mode);
  }
}

/** A mistake of the caller is no failure of Redis. */
function assertUsable({ count, perSecond }: TakePermits): void {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError('count must be a whole number above 0');
  intervalUs(perSecond);
}

function requestOf(wanted: TakePermits, backend: PermitBackend, leadMs: number): ReserveRequest {
  const { numberId, perSecond, count, previousBackend } = wanted;
  return {
    numberId,
    count,
    intervalUs: intervalUs(perSecond),
    // Never so far ahead that nothing is left of the horizon.
    leadUs: Math.round(Math.min(leadMs, HORIZON_MS / 4) * 1_000),
    horizonUs: HORIZON_MS * 1_000,
    quietUs: QUIET_MS * 1_000,
    quiet: previousBackend === null ? 'never' : previousBackend === backend ? 'unless-known' : 'always',
  };
}
