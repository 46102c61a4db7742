/**
 * `bin/bench statuses`: three statuses of each message, one a webhook, in any order, from the first POST until Postgres
 * says that the last of them was applied. There is nothing to compare with: the bar is a rate of messages.
 */
import { Child } from './lib/child.js';
import { runBench } from './lib/contest.js';
import { assertStored, load } from './lib/http-contest.js';
import { waitUntil } from './lib/underway.js';
import { acceptMessages, shuffledStatuses, STATUSES } from './world/accepted.js';
import { inviteGuests, openRestaurants } from './world/restaurants.js';

const PATH = '/webhooks/whatsapp';
const ANSWERED = 200;
const GUESTS_EACH = 1_600;

await runBench({
  name: 'statuses',
  bar: 1_000,
  items: 4_000,
  warmUpRounds: 2,
  rounds: 5,
  async setUp(environment, database) {
    const { variables, config, logDir, profileDir } = environment;
    const [secret = ''] = config.META_APP_SECRETS;
    const restaurants = await openRestaurants(database, config);
    for (const restaurant of restaurants) await inviteGuests(database, restaurant, 0, GUESTS_EACH);
    const { child: generator } = await Child.fork('load', 'peers/load');
    const [apiUrl, workerUrl] = [`http://127.0.0.1:${config.API_PORT}`, `http://127.0.0.1:${config.WORKER_PORT}`];
    await Child.app('api', { env: variables, readyUrl: `${apiUrl}/health/ready`, logDir });
    const worker = await Child.app('worker', {
      env: variables,
      readyUrl: `${workerUrl}/health/ready`,
      logDir,
      profileDir,
    });
    return {
      measured: worker,
      async ours(items) {
        await database.empty();
        const messages = await acceptMessages(database, restaurants, items);
        const requests = shuffledStatuses(messages, secret);
        const startedAt = performance.now();
        const round = await load(generator, { origin: apiUrl, path: PATH, requests }, ANSWERED);
        await waitUntil(
          'Every webhook is applied',
          async () => (await database.count(`webhook_events WHERE state = 'NEW'`)) === 0,
        );
        const elapsedMs = performance.now() - startedAt;
        const isComplete = `state = 'READ' AND sent_at IS NOT NULL AND delivered_at IS NOT NULL AND read_at IS NOT NULL`;
        assertStored(
          'messages with all of their statuses',
          await database.count(`messages WHERE ${isComplete}`),
          items,
        );
        assertStored('webhooks', await database.count('webhook_events'), items * STATUSES.length);
        return { ...round, items, elapsedMs };
      },
    };
  },
});
