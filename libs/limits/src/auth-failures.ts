import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 60;

/** Addresses that this process remembers as blocked. An attacker with more addresses is not stopped by addresses. */
const MAX_BLOCKED = 10_000;

export type AuthFailureVerdict =
  { readonly blocked: false } | { readonly blocked: true; readonly retryAfterSeconds: number };

/**
 * Slows down guessing: after so many failed authentications in a minute an address has to wait for the minute's end.
 * Failures are counted over all processes in Redis, by each process alone while Redis does not answer. Requests whose
 * credentials are right cost nothing: `check` looks into this process' memory only, and learns from `fail`.
 */
export class AuthFailures {
  private readonly limiter: RateLimiterRedis;
  private readonly blockedUntilMs = new Map<string, number>();

  /** @param redis a connection whose commands end after 50 ms at most */
  constructor(
    redis: Redis,
    prefix: string,
    failuresPerMinute: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const options = { points: failuresPerMinute, duration: WINDOW_SECONDS };
    this.limiter = new RateLimiterRedis({
      ...options,
      storeClient: redis,
      keyPrefix: `${prefix}:auth-failures`,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
  }

  /** Whether this address has to wait. Asked before credentials are looked at. */
  check(address: string): AuthFailureVerdict {
    const waitMs = (this.blockedUntilMs.get(address) ?? 0) - this.nowMs();
    if (waitMs > 0) return { blocked: true, retryAfterSeconds: Math.ceil(waitMs / 1_000) };
    this.blockedUntilMs.delete(address);
    return { blocked: false };
  }

  /** Counts one failure. It never throws, and the refusal need not wait for it. */
  async fail(address: string): Promise<void> {
    const { remainingPoints, msBeforeNext } = await this.count(address);
    if (remainingPoints > 0) return;
    if (this.blockedUntilMs.size >= MAX_BLOCKED) this.forgetOldest();
    this.blockedUntilMs.set(address, this.nowMs() + msBeforeNext);
  }

  private async count(address: string): Promise<RateLimiterRes> {
    try {
      return await this.limiter.consume(address);
    } catch (refusal) {
      // Over the limit the limiter throws its result; the memory behind Redis does not fail.
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.blockedUntilMs.keys();
    if (oldest !== undefined) this.blockedUntilMs.delete(oldest);
  }
}
