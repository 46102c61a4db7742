/**
 * `bin/bench fairness`: how long a quiet tenant's messages take from their 202 to Meta beside a tenant with 100,000
 * queued, on two workers, against the same without the neighbour.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { median, quantile } from './lib/begin.js';
import { Child } from './lib/child.js';
import type { Arrivals } from './lib/orders.js';
import { runTrial } from './lib/trial.js';
import { allRests, HOLD_ONE, LET_ALL_GO } from './lib/underway.js';
import { connectWaker } from './lib/wake.js';
import { queueDeep } from './world/deep-backlog.js';
import { guestPhone, inviteGuests, openRestaurants, type Restaurant } from './world/restaurants.js';
import { TEMPLATES } from './world/templates.js';

const QUEUED = 100_000;
const SAMPLES = 300;
const EVERY_MS = 40;
const WARM_UP = 50;
/** Without the neighbour and beside it, in turn. */
const ROUNDS = 3;
/** After the last 202, so long until every message of the quiet tenant is with Meta. */
const LONGEST_LAG_MS = 60_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The quiet tenant: one message at a time, to a guest who gets no other. */
class Quiet {
  private guest = 0;
  private readonly arrived = new Map<string, number>();

  constructor(
    private readonly restaurant: Restaurant,
    private readonly url: string,
    private readonly sink: Child,
  ) {}

  /** From 202 to Meta, in ms, of so many messages. */
  async lags(samples: number): Promise<number[]> {
    const promised: { to: string; at: number }[] = [];
    for (let sent = 0; sent < samples; sent += 1) {
      promised.push(await this.send());
      await delay(EVERY_MS);
    }
    for (
      const deadline = Date.now() + LONGEST_LAG_MS;
      promised.some(({ to }) => !this.arrived.has(to));
      await delay(50)
    ) {
      if (Date.now() > deadline) throw new Error('Messages of the quiet tenant did not leave');
      await this.look();
    }
    return promised.map(({ to, at }) => Math.max(0, this.arrived.get(to)! - at));
  }

  private async send(): Promise<{ to: string; at: number }> {
    const to = guestPhone(this.guest++);
    const { name, language, parameters } = TEMPLATES[0];
    const numberId = this.restaurant.numberIds[this.guest % this.restaurant.numberIds.length];
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.restaurant.apiKey}`,
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({ numberId, to, template: { name, language, parameters: parameters(this.guest) } }),
    });
    const answer = await response.text();
    if (response.status !== 202) throw new Error(`A message of the quiet tenant got ${response.status}: ${answer}`);
    return { to, at: Date.now() };
  }

  private async look(): Promise<void> {
    const { arrivals } = await this.sink.ask<Arrivals>({});
    for (const [to, at] of arrivals) this.arrived.set(to, at);
  }
}

await runTrial({
  name: 'fairness',
  bar: 2,
  passes: 'at most',
  async run({ environment, database }) {
    const { variables, config, logDir, smoke } = environment;
    const [queued, samples] = smoke ? [2_000, 20] : [environment.rows ?? QUEUED, SAMPLES];
    const [quiet, noisy] = await openRestaurants(database, config);
    // Their guests are different people, so that the sink can tell whose message came.
    await inviteGuests(database, quiet!, 0, WARM_UP + 2 * samples * Math.max(ROUNDS, environment.rounds ?? 0));
    await inviteGuests(database, noisy!, QUEUED, queued);
    await database.tidy();
    const sink = await Child.fork<{ port: number }>('sink', 'peers/clocked-sink');
    const env = { ...variables, GRAPH_URL: `http://127.0.0.1:${sink.hello.port}` };
    const apiUrl = `http://127.0.0.1:${config.API_PORT}`;
    const measured = [await Child.app('api', { env, readyUrl: `${apiUrl}/health/ready`, logDir })];
    for (const port of [config.WORKER_PORT, await freePort()]) {
      const readyUrl = `http://127.0.0.1:${port}/health/ready`;
      measured.push(await Child.app('worker', { env: { ...env, WORKER_PORT: String(port) }, readyUrl, logDir }));
    }
    const waker = await connectWaker(config);
    const client = new Quiet(quiet!, `${apiUrl}/${config.API_PREFIX}/messages`, sink.child);
    await client.lags(smoke ? samples : WARM_UP);
    const hold = (): Promise<unknown> => database.run(HOLD_ONE, [noisy!.tenantId]);
    await hold();
    await queueDeep(database, noisy!, { count: queued, from: QUEUED, guests: queued });
    const [alone, beside]: [number[][], number[][]] = [[], []];
    for (let round = 0; round < (smoke ? 1 : (environment.rounds ?? ROUNDS)); round += 1) {
      if (round > 0) await hold();
      await allRests(database);
      alone.push(await client.lags(samples));
      await database.run(LET_ALL_GO);
      await waker.wake(noisy!.numberIds);
      beside.push(await client.lags(samples));
    }
    const left = await database.count(`messages WHERE state = 'QUEUED'`);
    if (left === 0 && !smoke)
      throw new Error('The neighbour was done before the quiet tenant was: queue more with --rows');
    await waker.close();
    const middle = (rounds: readonly number[][], share: number): number =>
      median(rounds.map((lags) => quantile(lags, share)));
    const [ours, floor] = [middle(beside, 0.99), Math.max(1, middle(alone, 0.99))];
    return {
      ratio: ours / floor,
      ours,
      floor,
      p50Ms: middle(beside, 0.5),
      p99Ms: ours,
      items: samples * beside.length,
      more: { queued, left, p50AloneMs: middle(alone, 0.5) },
      measured,
    };
  },
});
