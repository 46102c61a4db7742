/** `bin/bench accept-batch`: batches of 1,000 template messages under an Idempotency-Key each; the bar is messages a second. */
import { randomUUID } from 'node:crypto';
import { Child } from './lib/child.js';
import { runBench } from './lib/contest.js';
import { assertStored, load } from './lib/http-contest.js';
import type { PreparedRequest } from './lib/orders.js';
import { guestPhone, inviteGuests, openRestaurants, type Restaurant } from './world/restaurants.js';
import { TEMPLATES } from './world/templates.js';

const GUESTS = 10_000;
const A_CALL = 1_000;
/** Who sends in batches does so over few connections; each waits for its answer. */
const CONNECTIONS = 8;
const OK = 200;

/** One call of the restaurant that is due: its numbers, guests and templates in turn. */
function batch(restaurants: readonly Restaurant[], call: number, messages: number): PreparedRequest {
  const { apiKey, numberIds } = restaurants[call % restaurants.length]!;
  const guests = GUESTS / restaurants.length;
  const first = Math.floor(call / restaurants.length) * A_CALL;
  const body = {
    messages: Array.from({ length: messages }, (_, place) => {
      const turn = first + place;
      const { name, language, parameters } = TEMPLATES[turn % TEMPLATES.length]!;
      return { numberId: numberIds[turn % numberIds.length], to: guestPhone(turn % guests), template: { name, language, parameters: parameters(turn) } };
    }),
  };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}`, 'idempotency-key': randomUUID() };
  return { headers: Object.entries(headers).flat(), body: Buffer.from(JSON.stringify(body)) };
}

await runBench({
  name: 'accept-batch',
  bar: 10_000,
  items: 40_000,
  warmUpRounds: 1,
  rounds: 5,
  async setUp({ variables, config, logDir, profileDir }, database) {
    const path = `/${config.API_PREFIX}/messages/batch`;
    const restaurants = await openRestaurants(database, config);
    for (const restaurant of restaurants) await inviteGuests(database, restaurant, 0, GUESTS / restaurants.length);
    await database.tidy();
    const { child: generator } = await Child.fork('load', 'peers/load');
    const origin = `http://127.0.0.1:${config.API_PORT}`;
    const api = await Child.app('api', { env: variables, readyUrl: `${origin}/health/ready`, logDir, profileDir });
    return {
      measured: api,
      async ours(items) {
        await database.empty();
        const calls = Math.ceil(items / A_CALL);
        const requests = Array.from({ length: calls }, (_, call) => batch(restaurants, call, Math.min(A_CALL, items - call * A_CALL)));
        const round = await load(generator, { origin, path, requests, connections: CONNECTIONS }, OK);
        // A batch answers 200 also where it refused some.
        for (const table of ['messages', 'idempotency_keys', 'events']) {
          assertStored(`rows of ${table}`, await database.count(table), items);
        }
        return { ...round, items };
      },
    };
  },
});
