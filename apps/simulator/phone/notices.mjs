/** What the page tells at its bottom, and work that may fail. */
import { set } from './store.mjs';

const NOTICE_MS = 6_000;

let timer;

/** @param {'bad' | 'plain'} [tone] */
export function tell(text, tone = 'bad') {
  clearTimeout(timer);
  set({ notice: { text, tone } });
  timer = setTimeout(() => set({ notice: null }), NOTICE_MS);
}

/** Runs work whose failure is to be shown. @returns what it returns, undefined where it failed */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    tell(error.message);
    return undefined;
  }
}
