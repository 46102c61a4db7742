/** `bin/bench accept`: single template messages, each with its own Idempotency-Key, against a one-row INSERT. */
import { randomUUID } from 'node:crypto';
import { Child } from './lib/child.js';
import { runBench } from './lib/contest.js';
import { assertStored, load } from './lib/http-contest.js';
import type { PreparedRequest } from './lib/orders.js';
import { guestPhone, inviteGuests, openRestaurants, type Restaurant } from './world/restaurants.js';
import { TEMPLATES } from './world/templates.js';

const GUESTS = 10_000;
const ACCEPTED = 202;

/** What the floor inserts into: a primary key and nothing else. */
const FLOOR_TABLE = `CREATE TABLE bench_floor_messages (id uuid PRIMARY KEY, recipient text NOT NULL, content json NOT NULL)`;

/** Message `at` of the restaurant that is due: every restaurant, number, guest and template in turn. */
function sendMessage(restaurants: readonly Restaurant[], at: number): PreparedRequest {
  const restaurant = restaurants[at % restaurants.length]!;
  const turn = Math.floor(at / restaurants.length);
  const { name, language, parameters } = TEMPLATES[turn % TEMPLATES.length]!;
  const body = {
    numberId: restaurant.numberIds[turn % restaurant.numberIds.length],
    to: guestPhone(turn % (GUESTS / restaurants.length)),
    template: { name, language, parameters: parameters(at) },
  };
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${restaurant.apiKey}`,
    'idempotency-key': randomUUID(),
  };
  return { headers: Object.entries(headers).flat(), body: Buffer.from(JSON.stringify(body)) };
}

await runBench({
  name: 'accept',
  bar: 0.6,
  items: 8_000,
  warmUpRounds: 3,
  rounds: 7,
  async setUp(environment, database) {
    const { variables, config, logDir, profileDir, ownerUrl } = environment;
    const path = `/${config.API_PREFIX}/messages`;
    const restaurants = await openRestaurants(database, config);
    for (const restaurant of restaurants) await inviteGuests(database, restaurant, 0, GUESTS / restaurants.length);
    await database.define(FLOOR_TABLE);
    await database.tidy();
    const { child: generator } = await Child.fork('load', 'peers/load');
    const env = { FLOOR_DATABASE_URL: ownerUrl };
    const floor = await Child.fork<{ port: number }>('floor', 'floors/accept.floor', { env });
    const apiUrl = `http://127.0.0.1:${config.API_PORT}`;
    const api = await Child.app('api', { env: variables, readyUrl: `${apiUrl}/health/ready`, logDir, profileDir });
    const requests = (items: number): PreparedRequest[] =>
      Array.from({ length: items }, (_, at) => sendMessage(restaurants, at));
    return {
      measured: api,
      async floor(items) {
        await database.define('TRUNCATE bench_floor_messages');
        const round = await load(
          generator,
          { origin: `http://127.0.0.1:${floor.hello.port}`, path, requests: requests(items) },
          ACCEPTED,
        );
        assertStored('messages', await database.ownCount('bench_floor_messages'), items);
        return round;
      },
      async ours(items) {
        await database.empty();
        const round = await load(generator, { origin: apiUrl, path, requests: requests(items) }, ACCEPTED);
        for (const table of ['messages', 'idempotency_keys', 'events']) {
          assertStored(`rows of ${table}`, await database.count(table), items);
        }
        return round;
      },
    };
  },
});
