/** `bin/bench webhook`: signed webhooks with one status each, answered after COMMIT, against HMAC and a Redis XADD. */
import { Redis } from 'ioredis';
import { Child } from './lib/child.js';
import { runBench } from './lib/contest.js';
import { assertStored, load } from './lib/http-contest.js';
import { statusWebhooks } from './world/statuses.js';

const PATH = '/webhooks/whatsapp';
const ANSWERED = 200;

await runBench({
  name: 'webhook',
  bar: 0.6,
  p99BarMs: 250,
  items: 12_000,
  warmUpRounds: 3,
  rounds: 7,
  async setUp(environment, database) {
    const { variables, config, logDir, profileDir } = environment;
    const [secret = ''] = config.META_APP_SECRETS;
    const stream = `${config.REDIS_PREFIX}:bench:floor`;
    const { child: generator } = await Child.fork('load', 'peers/load');
    const env = { REDIS_URL: config.REDIS_URL, FLOOR_SECRET: secret, FLOOR_STREAM: stream };
    const floor = await Child.fork<{ port: number }>('floor', 'floors/webhook.floor', { env });
    const apiUrl = `http://127.0.0.1:${config.API_PORT}`;
    const api = await Child.app('api', { env: variables, readyUrl: `${apiUrl}/health/ready`, logDir, profileDir });
    const redis = new Redis(config.REDIS_URL);
    let batch = 0;
    return {
      measured: api,
      async floor(items) {
        await redis.del(stream);
        const requests = statusWebhooks(items, secret, batch++);
        const round = await load(
          generator,
          { origin: `http://127.0.0.1:${floor.hello.port}`, path: PATH, requests },
          ANSWERED,
        );
        assertStored('webhooks', await redis.xlen(stream), items);
        return round;
      },
      async ours(items) {
        await database.empty();
        const requests = statusWebhooks(items, secret, batch++);
        const round = await load(generator, { origin: apiUrl, path: PATH, requests }, ANSWERED);
        assertStored('webhooks', await database.count('webhook_events'), items);
        return round;
      },
      async close() {
        await redis.del(stream);
        redis.disconnect();
      },
    };
  },
});
