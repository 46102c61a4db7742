import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** Copies of each webhook beside the first one, at the most. */
const MOST_COPIES = 19;
const POISON_EVERY_MS = 400;

/** How Meta tells of things when nothing is wrong. */
export const USUAL_WEBHOOKS = { duplicates: 1, shuffle: false, webhookDelayMs: { min: 0, max: 0 } };

/** Statuses and messages come many times, in any order, and late; between them whatever nobody knows. */
export const WEBHOOKS_IN_DISORDER: Fault = {
  id: 'F15',
  title: 'webhooks many times, in any order, late, with types that nobody knows',
  async strike({ world, chance, ms }) {
    const { cluster } = world;
    const duplicates = chance.int(2, MOST_COPIES);
    // The latest ones come in the second half, so that none is under way any more when the fault is over.
    const lateMs = Math.round(ms / 2);
    world.tell(`each webhook ${duplicates + 1} times, shuffled, up to ${lateMs} ms late`);
    await cluster.simulator.settings({ duplicates, shuffle: true, webhookDelayMs: { min: 0, max: lateMs } });
    for (const endsAt = performance.now() + lateMs; performance.now() < endsAt; await delay(500)) {
      await cluster.simulator.webhook(cluster.app.appId, unknownOf(chance.int(1, 1_000)), { times: chance.int(1, 5) });
    }
    await cluster.simulator.settings(USUAL_WEBHOOKS);
    await delay(lateMs);
  },
};

/** So many changes of one POST that name what no release knows. */
function unknownOf(count: number): object {
  const changes = Array.from({ length: count }, (_, at) => ({ field: at % 2 ? 'of_tomorrow' : 'messages', value: { statuses: at % 3 ? undefined : [null], at } }));
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes }] };
}

/** Signed by Meta, and one item of it makes its handler throw: it is tried again and dies; what stands beside it lives. */
export const POISONED_WEBHOOKS: Fault = {
  id: 'F16',
  title: 'webhooks with an item that nothing can apply',
  async strike({ world, chance, load, ms }) {
    world.tell('webhooks with a message of nobody between those of customers');
    for (const endsAt = performance.now() + ms; performance.now() < endsAt; await delay(POISON_EVERY_MS)) load.poison(chance.pick(world.numbers));
  },
};
