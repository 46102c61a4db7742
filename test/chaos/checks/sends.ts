import { worstSecond } from '../../support/load.js';
import { entriesByMarker } from './conservation.js';
import type { Check } from './verdict.js';

/** Meta: 45 messages to one person at once, then one every 6 s. */
const PAIR_BURST = 45;
const PAIR_INTERVAL_MS = 6_000;
const SECOND_MS = 1_000;

/** C2: Meta took nothing twice, neither by what was sent nor by the message that it belongs to. */
export const AT_MOST_ONCE: Check = {
  id: 'C2',
  title: 'Meta took nothing twice',
  judge(evidence) {
    const markers = [...evidence.load.promised, ...evidence.load.written].map(({ marker }) => marker);
    const messageOf = new Map(evidence.attempts.map(({ id, messageId }) => [id, messageId]));
    const byMessage = groups(evidence.ledger, ({ biz_opaque_callback_data: attempt }) => messageOf.get(attempt ?? '') ?? null);
    const twice = [...entriesByMarker(evidence, [...markers, ...evidence.load.unanswered]), ...byMessage].filter(([, entries]) => entries.length > 1);
    return { figures: `${evidence.ledger.length} taken`, wrongs: twice.map(([what, entries]) => `${what} was taken ${entries.length} times`) };
  },
};

/** C4: to one person over one number, messages of a lane leave in the order in which they were asked for. */
export const ORDER: Check = {
  id: 'C4',
  title: 'messages to one person leave in order',
  judge(evidence) {
    const { load, messages, refusesSecondInFlight } = evidence;
    const lanes = new Map(messages.map(({ id, lane }) => [id, lane]));
    const entries = entriesByMarker(evidence, load.promised.map(({ marker }) => marker));
    const wrongs: string[] = [];
    const threads = groups(load.promised, ({ id, thread }) => (thread === null ? null : `${thread} ${lanes.get(id)}`));
    for (const [thread, promised] of threads) {
      const places = promised.flatMap(({ marker }) => entries.get(marker)!.slice(0, 1)).map(({ seq }) => seq);
      if (places.some((seq, at) => at > 0 && seq < places[at - 1]!)) wrongs.push(`thread ${thread} left as ${places.join(', ')}`);
    }
    if (refusesSecondInFlight === false) wrongs.push('nothing keeps two messages to one person from being on their way at once');
    return { figures: `${threads.size} threads`, wrongs };
  },
};

/** C5: never more than Meta allows, by Meta's own clock. */
export const RATES: Check = {
  id: 'C5',
  title: 'limits hold in every window',
  judge({ world, ledger }) {
    const windowMs = SECOND_MS - world.stalls.forgivenMs;
    const worst = [...groups(ledger, ({ phoneNumberId }) => phoneNumberId)].map(([graphId, entries]) => ({
      graphId,
      count: worstSecond(entries.map(({ at }) => at), windowMs),
      limit: world.perSecond(graphId),
    }));
    const pairs = groups(ledger, ({ phoneNumberId, recipient }) => `${phoneNumberId} ${recipient}`);
    const wrongs = [
      ...worst.filter(({ count, limit }) => count > limit).map(({ graphId, count, limit }) => `${graphId} sent ${count} within ${windowMs} ms, ${limit} are allowed in a second`),
      ...[...pairs].filter(([, entries]) => deepestDebt(entries.map(({ at }) => at)) > PAIR_BURST).map(([pair]) => `pair ${pair} passed its limit`),
    ];
    return { figures: `${worst.map(({ count, limit }) => `${count} of ${limit}`).join(', ')}; this machine stalled for up to ${world.stalls.longestMs} ms`, wrongs };
  },
};

/** The most messages of a pair that were not yet paid for, each for its interval. */
function deepestDebt(timesMs: readonly number[]): number {
  let [debt, last, deepest] = [0, 0, 0];
  for (const at of timesMs.toSorted((a, b) => a - b)) {
    debt = Math.max(0, debt - (at - last) / PAIR_INTERVAL_MS) + 1;
    last = at;
    deepest = Math.max(deepest, debt);
  }
  return deepest;
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string | null): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = found.get(key);
    if (group) group.push(item);
    else found.set(key, [item]);
  }
  return found;
}
