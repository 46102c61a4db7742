import { CircuitState, type CircuitBreakerPolicy } from 'cockatiel';
import { HORIZON_MS, intervalUs, MAX_LATENESS_MS, QUIET_MS } from './pacing.js';
import type { AskedPairs, PairRefunds, PermitBackend, PermitStore, Reservation, ReserveRequest } from './permit-store.js';
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
  /** How long before its start a permit has to be at hand, in ms; 0 where it is left out. */
  readonly leadMs?: number;
  /** The pairs that the starts are for; their debts are counted in the same step. */
  readonly pairs?: AskedPairs;
}

/** Starts of business-initiated messages, where these have a limit below the number's. */
export interface TakeBusinessPermits extends Omit<TakePermits, 'pairs'> {
  /** Between two starts, in microseconds. */
  readonly intervalUs: number;
  /** The number's own starts that they are to fit into: the first and the last, in ms from now. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Permits {
  /** When each start may leave, in ms from now; it is used within MAX_LATENESS_MS of that, or given up. Rising. */
  readonly startsAtMs: readonly number[];
  /** To be recorded before the next `take`, also when nothing was granted. */
  readonly backend: PermitBackend;
  /** Where nothing was granted: when to ask again, in ms from now. Else 0. */
  readonly retryAfterMs: number;
  /** How many starts were counted: those that the answer came too late for as well. */
  readonly granted: number;
  /** How long each of the pairs has to wait, by position; 0: the next start is its. Empty where no pair was looked at. */
  readonly pairWaitsMs: readonly number[];
}

/** Told when the limiter begins to count elsewhere. */
export type ObserveLimiterMode = (mode: PermitBackend) => void;

export interface SendPermitsParts {
  readonly redis: PermitStore & PairRefunds;
  readonly database: PermitStore;
  /** Opens when Redis fails several times in a row, and probes it half-open. */
  readonly breaker: CircuitBreakerPolicy;
  readonly observeMode: ObserveLimiterMode;
  /** Our own clock, in ms; only differences count. */
  readonly nowMs?: () => number;
}

/** After a lone failure of Redis: soon, but not at once. */
const RETRY_MS = 20;

/** However much comes in, the next start lies no further ahead than where a window would start empty. */
const FURTHEST_US = QUIET_MS * 1_000;

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
  private current: PermitBackend = 'redis';
  private readonly nowMs: () => number;

  constructor(private readonly parts: SendPermitsParts) {
    this.nowMs = parts.nowMs ?? (() => performance.now());
  }

  /** Where this process counts now. */
  get mode(): PermitBackend {
    return this.current;
  }

  /** Reserves up to `count` starts, at most a second ahead. @throws when neither backend answers. */
  async take(wanted: TakePermits): Promise<Permits> {
    assertUsable(wanted);
    const answer = await this.ask((backend, leadMs) => requestOf(wanted, backend, leadMs));
    if (answer) return answer;
    return { startsAtMs: [], backend: wanted.previousBackend ?? 'redis', retryAfterMs: RETRY_MS, granted: 0, pairWaitsMs: [] };
  }

  /** Reserves starts in the window of business-initiated messages, between the first and the last start of the number. */
  async takeBusiness(wanted: TakeBusinessPermits): Promise<readonly number[]> {
    const answer = await this.ask((backend, leadMs) => ({
      ...requestOf(wanted, backend, leadMs),
      window: 'business',
      intervalUs: wanted.intervalUs,
      leadUs: Math.max(0, wanted.fromMs * 1_000),
      horizonUs: Math.max(0, Math.round(wanted.untilMs * 1_000)),
    }));
    return answer?.startsAtMs ?? [];
  }

  /** Counts what came in for a number, where its starts are counted now. Never throws for Redis' sake. */
  async countInbound(numberId: string, count: number): Promise<void> {
    const { breaker, redis, database } = this.parts;
    try {
      await breaker.execute(() => redis.countInbound(numberId, count, FURTHEST_US));
    } catch {
      // Where Redis missed it once, a second's worth of inbound is not counted; while it is away, the database counts.
      if (breaker.state !== CircuitState.Closed) await database.countInbound(numberId, count, FURTHEST_US);
    }
  }

  /** Takes one send off the debt of each pair: it did not happen. The database counts only what happened. */
  async refundPairs(numberId: string, contactIds: readonly string[]): Promise<void> {
    const { breaker, redis } = this.parts;
    if (contactIds.length === 0 || breaker.state !== CircuitState.Closed) return;
    await breaker.execute(() => redis.refundPairs(numberId, contactIds));
  }

  /** null: Redis failed, and may be well again in a moment. */
  private async ask(request: (backend: PermitBackend, leadMs: number) => ReserveRequest): Promise<Permits | null> {
    const { breaker } = this.parts;
    try {
      const permits = await breaker.execute(() => this.reserve('redis', request));
      this.noteMode('redis');
      return permits;
    } catch {
      // What failed is told by the change of mode. What Redis may have reserved by then stays unused.
      if (breaker.state === CircuitState.Closed) return null;
    }
    const permits = await this.reserve('database', request);
    this.noteMode('database');
    return permits;
  }

  private async reserve(
    backend: PermitBackend,
    request: (backend: PermitBackend, leadMs: number) => ReserveRequest,
  ): Promise<Permits> {
    const time = this.times[backend];
    const sentMs = this.nowMs();
    const reserved = await this.parts[backend].reserve(request(backend, time.leadMs));
    const receivedMs = this.nowMs();
    time.observe({ sentMs, receivedMs, serverUs: reserved.nowUs });
    return permitsOf(reserved, backend, time.toLocalMs(reserved.firstAtUs) - receivedMs);
  }

  private noteMode(mode: PermitBackend): void {
    if (mode === this.current) return;
    this.current = mode;
    this.parts.observeMode(mode);
  }
}

function permitsOf({ granted, intervalUs: step, pairWaitsUs }: Reservation, backend: PermitBackend, firstInMs: number): Permits {
  const startsAtMs = Array.from({ length: granted }, (_, index) => firstInMs + (index * step) / 1_000)
    // The answer took longer than a start may be late: that start is lost, never moved.
    .filter((startMs) => startMs > -MAX_LATENESS_MS);
  const isEmpty = startsAtMs.length === 0;
  const pairWaitsMs = pairWaitsUs.map((waitUs) => Math.ceil(waitUs / 1_000));
  const retryAfterMs = isEmpty ? Math.max(1, Math.ceil(firstInMs - HORIZON_MS)) : 0;
  return { startsAtMs, backend, retryAfterMs, granted, pairWaitsMs };
}

/** A mistake of the caller is no failure of Redis. */
function assertUsable({ count, perSecond, pairs }: TakePermits): void {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError('count must be a whole number above 0');
  if (pairs && pairs.contactIds.length !== count) throw new RangeError('each start is for one pair');
  intervalUs(perSecond);
}

function requestOf(wanted: TakePermits, backend: PermitBackend, answerMs: number): ReserveRequest {
  const { numberId, perSecond, count, previousBackend, leadMs = 0, pairs } = wanted;
  return {
    numberId,
    count,
    intervalUs: intervalUs(perSecond),
    // Never so far ahead that nothing is left of the horizon.
    leadUs: Math.round(Math.min(answerMs + leadMs, HORIZON_MS / 4) * 1_000),
    horizonUs: HORIZON_MS * 1_000,
    quietUs: QUIET_MS * 1_000,
    quiet: previousBackend === null ? 'never' : previousBackend === backend ? 'unless-known' : 'always',
    ...(pairs && { pairs }),
  };
}
