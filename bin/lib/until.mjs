/** Waiting for what the processes do in their own time. */
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 15_000;
const LOOK_MS = 100;

/**
 * Asks until the answer fits.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => unknown} fits
 * @returns {Promise<T>} the answer that fits
 * @throws Error with the last answer when none fits in time
 */
export async function until(ask, fits) {
  let last;
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; await sleep(LOOK_MS)) {
    last = await ask();
    if (fits(last)) return last;
  }
  throw new Error(`nothing fitting within ${WAIT_MS / 1000} s; last seen: ${JSON.stringify(last)?.slice(0, 600)}`);
}
