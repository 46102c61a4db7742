/**
 * `bin/bench headline`: for a minute 1,000 messages a second out (Meta answers in 200 to 400 ms), their three statuses
 * each, and 300 texts of customers a second, all on this machine: which share of that is held, and that nothing is lost.
 */
import type { Config } from '@parley/platform';
import { Child } from './lib/child.js';
import type { BenchDatabase } from './lib/database.js';
import type { PacedReport } from './lib/orders.js';
import { runTrial } from './lib/trial.js';
import { waitUntil } from './lib/underway.js';
import { STATUSES } from './world/accepted.js';
import { Meta, openAtMeta } from './world/at-meta.js';
import { letterWebhooks } from './world/letters.js';
import { sendRequests } from './world/orders.js';
import { inviteGuests, openRestaurants } from './world/restaurants.js';

const SECONDS = 60;
const OUT_PER_SECOND = 1_000;
const IN_PER_SECOND = 300;
const GUESTS_EACH = 12_000;
const SMOKE_GUESTS_EACH = 100;
/** Rate x time of an answer, with room. */
const CONNECTIONS = '600';

const AS_META_DOES = {
  answerDelayMs: { min: 200, max: 400 },
  statusDelaysMs: { sent: 50, delivered: 200, read: 400 },
  readShare: 1,
  throughputLimit: false,
  pairLimit: false,
  ledgerBodies: false,
};

/** What has come to its end so far. */
const DONE = `
  SELECT count(*) FILTER (WHERE direction = 'OUTBOUND' AND accepted_at IS NOT NULL)::int AS out,
         (count(sent_at) + count(delivered_at) + count(read_at))::int AS statuses,
         count(*) FILTER (WHERE direction = 'INBOUND')::int AS inbound
    FROM messages`;

interface Done {
  readonly out: number;
  readonly statuses: number;
  readonly inbound: number;
}

/** Everything that was promised comes to its end after all. */
async function assertNothingLost(database: BenchDatabase, promised: number, received: number): Promise<void> {
  const done = (): Promise<Done> => database.one<Done>(DONE);
  const isAll = ({ out, statuses, inbound }: Done): boolean =>
    out === promised && statuses === promised * STATUSES.length && inbound === received;
  await waitUntil('Everything has come to its end', async () => isAll(await done()), 300_000).catch(
    async (error: unknown) => {
      throw new Error(`Of ${promised} messages and ${received} texts there are ${JSON.stringify(await done())}`, {
        cause: error,
      });
    },
  );
}

async function startBoth(env: NodeJS.ProcessEnv, apiUrl: string, config: Config, logDir: string): Promise<Child[]> {
  return [
    await Child.app('api', { env, readyUrl: `${apiUrl}/health/ready`, logDir }),
    await Child.app('worker', { env, readyUrl: `http://127.0.0.1:${config.WORKER_PORT}/health/ready`, logDir }),
  ];
}

await runTrial({
  name: 'headline',
  bar: 0.5,
  passes: 'at least',
  async run({ environment, database }) {
    const { config, logDir, smoke } = environment;
    const seconds = smoke ? 2 : (environment.seconds ?? SECONDS);
    const outPerSecond = smoke ? 100 : OUT_PER_SECOND;
    const inPerSecond = smoke ? 30 : IN_PER_SECOND;
    const guestsEach = smoke ? SMOKE_GUESTS_EACH : GUESTS_EACH;
    const [secret = ''] = config.META_APP_SECRETS;
    const restaurants = await openRestaurants(database, config);
    for (const restaurant of restaurants) await inviteGuests(database, restaurant, 0, guestsEach);
    await database.run('UPDATE tenants SET echo_enabled = false');
    await database.tidy();
    const { child: clients } = await Child.fork('clients', 'peers/paced-load');
    const { child: customers } = await Child.fork('customers', 'peers/paced-load');
    const simulator = await Child.fork<{ url: string }>('simulator', 'peers/simulator');
    const meta = new Meta(simulator.hello.url);
    await openAtMeta(meta, config, AS_META_DOES);
    const env = {
      ...environment.variables,
      GRAPH_URL: meta.url,
      GRAPH_CONNECTIONS: CONNECTIONS,
      OUTBOUND_CONCURRENCY: CONNECTIONS,
    };
    const apiUrl = `http://127.0.0.1:${config.API_PORT}`;
    const measured = await startBoth(env, apiUrl, config, logDir);
    const [sends, letters] = [seconds * outPerSecond, seconds * inPerSecond];
    const paced = { origin: apiUrl, connections: 64, forMs: seconds * 1_000 };
    const [out, inbound] = await Promise.all([
      clients.ask<PacedReport>({
        ...paced,
        path: `/${config.API_PREFIX}/messages`,
        requests: sendRequests(restaurants, sends, guestsEach),
        perSecond: outPerSecond,
      }),
      customers.ask<PacedReport>({
        ...paced,
        path: '/webhooks/whatsapp',
        requests: letterWebhooks(letters, secret),
        perSecond: inPerSecond,
      }),
    ]);
    const done = await database.one<Done>(DONE);
    const shares = {
      out: done.out / sends,
      statuses: done.statuses / (sends * STATUSES.length),
      inbound: done.inbound / letters,
    };
    await assertNothingLost(database, out.statuses[202] ?? 0, inbound.statuses[200] ?? 0);
    const ratio = Math.min(...Object.values(shares));
    const more = Object.fromEntries(Object.entries(shares).map(([name, share]) => [`${name}Share`, share]));
    return {
      ratio,
      ours: done.out / seconds,
      floor: outPerSecond,
      p50Ms: out.p50Ms,
      p99Ms: out.p99Ms,
      items: sends,
      more: { seconds, ...more },
      measured,
    };
  },
});
