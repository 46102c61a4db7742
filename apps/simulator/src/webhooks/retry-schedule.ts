const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const FIRST_MS = 10_000;
const LONGEST_MS = 12 * 60 * 60 * 1000;

/**
 * The waits before each further attempt, `factor` times faster than with Meta, who sends at once again, then at growing
 * intervals, and gives up after 7 days. The intervals themselves are not published.
 */
export function retryScheduleMs(factor: number): number[] {
  const waits = [0];
  for (let total = 0, wait = FIRST_MS; total < WEEK_MS; wait = Math.min(wait * 2, LONGEST_MS)) {
    const last = Math.min(wait, WEEK_MS - total);
    waits.push(Math.ceil(last / factor));
    total += last;
  }
  return waits;
}
