import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';

/** The length of a window. */
export const REQUEST_WINDOW_SECONDS = 60;
const WINDOW_MS = REQUEST_WINDOW_SECONDS * 1_000;
/** How often what was counted here is told to the others. */
const SYNC_MS = 250;

export interface RequestLimitOptions {
  /** A connection whose commands end after 50 ms at most. Nobody waits for them. */
  readonly redis: Redis;
  /** What its keys begin with. */
  readonly prefix: string;
  /** Requests that a subject may make in a window, over all processes. */
  readonly requests: number;
  /** Our own clock, in ms; only differences count. */
  readonly nowMs?: () => number;
}

/** Whether a request may be served, and where its subject stands. */
export interface RequestVerdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends: 1 to 60. */
  readonly resetSeconds: number;
}

interface Window {
  endsAtMs: number;
  /** As far as is known, over all processes; what this one has told included. */
  counted: number;
  /** Counted here and not told yet. */
  untold: number;
}

/**
 * Requests of a key or a tenant in windows of a minute, over all processes. A request is decided in this process' memory,
 * without a promise; four times a second the processes add up what they counted in Redis. So a request costs a look into
 * a map, and the limit may be passed by what the other processes admit in a quarter of a second. While Redis is away,
 * each process counts by itself.
 */
export class RequestLimit {
  private readonly limiter: RateLimiterRedis;
  private readonly windows = new Map<string, Window>();
  private readonly toTell = new Set<string>();
  private readonly nowMs: () => number;
  private timer: NodeJS.Timeout | undefined;
  private tidyAtMs: number;

  constructor(private readonly options: RequestLimitOptions) {
    const limits = { points: options.requests, duration: REQUEST_WINDOW_SECONDS };
    this.limiter = new RateLimiterRedis({
      ...limits,
      storeClient: options.redis,
      keyPrefix: options.prefix,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(limits),
    });
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.tidyAtMs = this.nowMs() + WINDOW_MS;
  }

  /** How many requests a window has room for. */
  get requests(): number {
    return this.options.requests;
  }

  /** Counts a request, unless it is one too many. */
  take(subject: string): RequestVerdict {
    const nowMs = this.nowMs();
    const window = this.windowOf(subject, nowMs);
    const left = this.options.requests - window.counted - window.untold;
    const resetSeconds = Math.min(REQUEST_WINDOW_SECONDS, Math.ceil((window.endsAtMs - nowMs) / 1_000));
    if (left <= 0) return { allowed: false, remaining: 0, resetSeconds };
    window.untold += 1;
    this.toTell.add(subject);
    this.timer ??= setTimeout(() => void this.sync(), SYNC_MS).unref();
    return { allowed: true, remaining: left - 1, resetSeconds };
  }

  /** Tells the others what was counted here, and learns what they counted. It does not throw. */
  async sync(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const subjects = [...this.toTell];
    this.toTell.clear();
    if (this.nowMs() >= this.tidyAtMs) this.tidy();
    await Promise.all(subjects.map((subject) => this.tell(subject)));
  }

  private async tell(subject: string): Promise<void> {
    const window = this.windows.get(subject);
    if (!window || window.untold === 0) return;
    const { untold } = window;
    window.untold = 0;
    window.counted += untold;
    const known = await this.count(subject, untold);
    if (!known) return;
    // What was answered late may be less than what has been told since.
    window.counted = Math.max(window.counted, known.consumedPoints);
    window.endsAtMs = this.nowMs() + known.msBeforeNext;
  }

  private async count(subject: string, requests: number): Promise<RateLimiterRes | null> {
    try {
      return await this.limiter.penalty(subject, requests);
    } catch {
      // Neither Redis nor the memory behind it answered: what is known here goes on counting.
      return null;
    }
  }

  private windowOf(subject: string, nowMs: number): Window {
    const known = this.windows.get(subject);
    if (known && known.endsAtMs > nowMs) return known;
    const window = { endsAtMs: nowMs + WINDOW_MS, counted: 0, untold: 0 };
    this.windows.set(subject, window);
    return window;
  }

  /** Forgets who has not come for a while. */
  private tidy(): void {
    const nowMs = this.nowMs();
    this.tidyAtMs = nowMs + WINDOW_MS;
    for (const [subject, { endsAtMs }] of this.windows) if (endsAtMs <= nowMs) this.windows.delete(subject);
  }
}
