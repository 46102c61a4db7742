import { entriesByMarker } from './conservation.js';
import type { Check } from './verdict.js';

const ATTEMPTS = 3;
const POISON = 'The message names no sender';

/** C11: what cannot be applied is tried so often, and then a dead letter by itself. */
export const DEAD_ITEMS: Check = {
  id: 'C11',
  title: 'a poisoned item dies alone',
  judge({ items, load }) {
    const poisoned = items.filter(({ error }) => error === POISON);
    const undead = poisoned.filter(({ state, attempts }) => state !== 'DEAD' || attempts !== ATTEMPTS);
    const wrongs = undead.map(({ path, state, attempts }) => `${path} is ${state} after ${attempts} attempts`);
    if (poisoned.length < load.poisoned) wrongs.push(`${load.poisoned} poisoned webhooks were taken, and ${poisoned.length} items are dead letters`);
    return { figures: `${load.poisoned} poisoned webhooks, ${items.length} items noted`, wrongs };
  },
};

/** C12: what is to leave later leaves no earlier, whatever the clock of the process says that sends it. */
export const NOT_EARLY: Check = {
  id: 'C12',
  title: 'nothing leaves before its time',
  judge(evidence) {
    const scheduled = evidence.load.promised.filter(({ sendAt }) => sendAt !== null);
    const taken = entriesByMarker(evidence, scheduled.map(({ marker }) => marker));
    const early = scheduled.flatMap(({ id, marker, sendAt }) => {
      const at = taken.get(marker)![0]?.at;
      return at !== undefined && at < sendAt! ? [`${id} left ${sendAt! - at} ms early`] : [];
    });
    return { figures: `${scheduled.length} scheduled`, wrongs: early };
  },
};
