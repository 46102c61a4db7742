import type { MessageKind } from './message.js';

/** When to try again. Attempts count the first one too. */
export type RetryPolicy =
  | { shape: 'exponential'; attempts: number; firstMs: number; longestMs: number }
  | { shape: 'schedule'; delaysMs: readonly number[] };

const MINUTE_MS = 60_000;

/** Answers to a customer: 3 attempts, from 1 s to 60 s, with jitter. */
export const REPLY_RETRY: RetryPolicy = { shape: 'exponential', attempts: 3, firstMs: 1_000, longestMs: 60_000 };

/** Templates: 5 attempts: at once, then after 1, 2, 4 and 8 minutes. */
export const TEMPLATE_RETRY: RetryPolicy = {
  shape: 'schedule',
  delaysMs: [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS],
};

/** Items of a webhook that could not be applied: 3 attempts, from 1 s to 60 s, with jitter. */
export const WEBHOOK_RETRY: RetryPolicy = { shape: 'exponential', attempts: 3, firstMs: 1_000, longestMs: 60_000 };

/**
 * Changes of messages that have not come yet: from 1 s to 1 h, for half a day. Meta sends webhooks again for days, but an
 * original that is not there by then is one of the time before the number was connected.
 */
export const ORIGINAL_RETRY: RetryPolicy = { shape: 'exponential', attempts: 24, firstMs: 1_000, longestMs: 3_600_000 };

/**
 * Media that customers sent: from 1 s to 1 h, with jitter. Not the count ends it but Meta, which keeps them for 7 days: by
 * then an attempt an hour makes fewer than these.
 */
export const MEDIA_FETCH_RETRY: RetryPolicy = { shape: 'exponential', attempts: 500, firstMs: 1_000, longestMs: 3_600_000 };

/** The policy for a message of this kind. */
export function retryPolicyOf(kind: MessageKind): RetryPolicy {
  return kind === 'template' ? TEMPLATE_RETRY : REPLY_RETRY;
}

/** What a failed attempt says of the next one. */
export interface RetryAsked {
  attemptsDone: number;
  /** A number in [0, 1), for jitter. */
  random: number;
  /** What the server asked for by `Retry-After`. */
  retryAfterSeconds?: number | undefined;
}

/** Milliseconds until a message of this kind is tried again, never before the server wants it; null when it is not. */
export function retryWait(kind: MessageKind, { attemptsDone, random, retryAfterSeconds = 0 }: RetryAsked): number | null {
  const waitMs = nextAttempt(retryPolicyOf(kind), attemptsDone, random);
  return waitMs === null ? null : Math.max(waitMs, retryAfterSeconds * 1_000);
}

/** How often the policy lets something be tried in all. */
export function maxAttempts(policy: RetryPolicy): number {
  return policy.shape === 'schedule' ? policy.delaysMs.length + 1 : policy.attempts;
}

/**
 * Milliseconds to wait before the next attempt, or null when there is none left.
 * @param attemptsDone attempts made so far; with none the first is due at once
 * @param random a number in [0, 1): full jitter over the step, so that an exponential wait is never shorter than the
 *   policy says, and many failures of one moment come back spread over the whole time until the next step
 */
export function nextAttempt(policy: RetryPolicy, attemptsDone: number, random: number): number | null {
  if (attemptsDone <= 0) return 0;
  if (attemptsDone >= maxAttempts(policy)) return null;
  if (policy.shape === 'schedule') return policy.delaysMs[attemptsDone - 1] ?? null;
  const wait = policy.firstMs * 2 ** (attemptsDone - 1) * (1 + random);
  return Math.min(policy.longestMs, Math.round(wait));
}
