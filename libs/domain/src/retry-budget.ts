/** Retries may add this much to what a number sends anyway. */
const SHARE = 0.1;
/** So many in a window are always allowed: a number that sends little must be able to try again too. */
const FLOOR = 10;

/** The time over which sends and retries are weighed against each other. */
export const RETRY_WINDOW_MS = 60_000;

/** What a number has spent: the time up to which its retries are paid for. Begin with 0. */
export type RetryDebt = number;

/**
 * Charges one retry to the budget of a number. Within the budget it costs nothing; beyond it each further retry is put
 * off by one more step, so that a fault of Meta's never becomes a storm, and nothing is lost: it only waits.
 * @param paidUntilMs what `charge` answered last, or 0
 * @param sends first attempts of the number within the last window
 */
export function chargeRetry(paidUntilMs: RetryDebt, nowMs: number, sends: number): { paidUntilMs: RetryDebt; putOffMs: number } {
  const stepMs = RETRY_WINDOW_MS / (FLOOR + SHARE * sends);
  const paid = Math.max(paidUntilMs, nowMs) + stepMs;
  return { paidUntilMs: paid, putOffMs: Math.max(0, Math.round(paid - nowMs - RETRY_WINDOW_MS)) };
}
