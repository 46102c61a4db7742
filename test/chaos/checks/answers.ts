import type { Check } from './verdict.js';

/** Beyond the matrix: whoever was refused was told that it is not his fault and when to come again. */
export const ANSWERS: Check = {
  id: 'C10',
  title: 'clients were answered 202, or 503 and 429 with Retry-After',
  judge({ load }) {
    const counts = [...load.answers].sort(([a], [b]) => a - b).map(([status, count]) => `${count} ${status === 0 ? 'broken off' : status}`);
    return { figures: counts.join(', '), wrongs: [...load.odd, ...load.unanswered.map((marker) => `${marker} got no 202 in time`)] };
  },
};
