/**
 * `bin/bench inbound`: 300 texts of customers a second, one a webhook: from the moment in which Meta begins to tell of a
 * message until it stands in its conversation, for everybody who looks.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from './lib/child.js';
import type { BenchDatabase } from './lib/database.js';
import type { PacedReport } from './lib/orders.js';
import { quantile } from './lib/begin.js';
import { runTrial } from './lib/trial.js';
import { waitUntil } from './lib/underway.js';
import { letterWebhooks } from './world/letters.js';
import { openRestaurants } from './world/restaurants.js';

const SECONDS = 30;
const PER_SECOND = 300;
/** As often as an agent's screen could ask; what it adds to the figure is on our side of the scales. */
const LOOK_MS = 20;

// Joined, as a reader of the conversation gets them. A commit may come later than one that began after it: hence the overlap.
const SEEN = `
  SELECT m.wamid FROM messages m JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
   WHERE m.direction = 'INBOUND' AND m.id > uuid_v7_floor(now() - interval '2 seconds')`;

/** When each message was first there for a reader, by its wamid. */
class Onlooker {
  readonly seenAtMs = new Map<string, number>();
  private isOver = false;

  constructor(private readonly database: BenchDatabase) {}

  async watch(): Promise<void> {
    for (; !this.isOver; await delay(LOOK_MS)) {
      const rows = await this.database.run<{ wamid: string }>(SEEN);
      const now = performance.timeOrigin + performance.now();
      for (const { wamid } of rows) if (!this.seenAtMs.has(wamid)) this.seenAtMs.set(wamid, now);
    }
  }

  stop(): void {
    this.isOver = true;
  }
}

await runTrial({
  name: 'inbound',
  bar: 500,
  passes: 'at most',
  async run({ environment, database }) {
    const { variables, config, logDir, smoke } = environment;
    const seconds = smoke ? 3 : (environment.seconds ?? SECONDS);
    const [secret = ''] = config.META_APP_SECRETS;
    await openRestaurants(database, config);
    await database.run('UPDATE tenants SET echo_enabled = false');
    const { child: customers } = await Child.fork('customers', 'peers/paced-load');
    const apiUrl = `http://127.0.0.1:${config.API_PORT}`;
    const measured = [
      await Child.app('api', { env: variables, readyUrl: `${apiUrl}/health/ready`, logDir }),
      await Child.app('worker', { env: variables, readyUrl: `http://127.0.0.1:${config.WORKER_PORT}/health/ready`, logDir }),
    ];
    const items = seconds * PER_SECOND;
    const requests = letterWebhooks(items, secret);
    const onlooker = new Onlooker(database);
    const watching = onlooker.watch();
    const paced = { origin: apiUrl, path: '/webhooks/whatsapp', connections: 32, forMs: seconds * 1_000 + 200 };
    const report = await customers.ask<PacedReport>({ ...paced, requests, perSecond: PER_SECOND });
    if (report.statuses[200] !== items) throw new Error(`Of ${items} webhooks ${report.statuses[200] ?? 0} were taken`);
    await waitUntil('Every message is in its conversation', () => Promise.resolve(onlooker.seenAtMs.size === items), 60_000);
    onlooker.stop();
    await watching;
    const seenAt = requests.map(({ body }) => onlooker.seenAtMs.get(wamidOf(body))!);
    const delays = seenAt.map((at, place) => at - report.sentAtMs[place]!);
    const [p50Ms, p99Ms] = [quantile(delays, 0.5), quantile(delays, 0.99)];
    return { ratio: p99Ms, ours: items / seconds, floor: null, p50Ms, p99Ms, items, more: { seconds, answerP99Ms: report.p99Ms }, measured };
  },
});

function wamidOf(body: Uint8Array): string {
  return /"id":"(wamid\.letter[^"]*)"/.exec(Buffer.from(body).toString())![1]!;
}
