import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import { allReached, everUnknown, neverTaken, takenTwice } from '../support/outbound-invariants.js';
import type { TestProcess } from '../support/processes.js';
import { Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(60_000);

const SHUTDOWN_TIMEOUT_MS = 15_000;
const MESSAGES = 300;

/** SIGTERM, as every deployment sends it: what is under way is finished, what is not stays for the next. */
describe('SIGTERM under load', () => {
  let cluster: Cluster;
  let restaurant: Restaurant & { numbers: ConnectedNumber[] };
  let api: TestProcess;

  beforeAll(async () => {
    cluster = await Cluster.start({
      name: 'shutdown',
      env: { SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS) },
      settings: { answerDelayMs: { min: 100, max: 300 } },
    });
    api = await cluster.startApi();
    restaurant = await Restaurant.open(cluster, { numbers: 2 });
  });
  afterAll(() => cluster?.stop());

  it('a worker ends with 0, in time, and leaves nothing in doubt', async () => {
    const worker = await cluster.startWorker();
    const phones = await restaurant.guests(MESSAGES);
    const before = await cluster.simulator.ledgerCount();
    const sent = restaurant.sendToAll(phones, restaurant.numbers);
    await waitFor(async () => (await cluster.simulator.ledgerCount()) >= before + 20);

    const startedAt = performance.now();
    await expect(worker.terminate()).resolves.toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_TIMEOUT_MS);
    expect(await cluster.count("SELECT count(*) FROM messages WHERE state IN ('DISPATCHED', 'SENDING')")).toBe(0);
    const messages = await sent;
    expect((await neverTaken(cluster, messages)).length).toBeGreaterThan(0);

    const next = await cluster.startWorker();
    await allReached(cluster, messages);
    expect(await takenTwice(cluster, messages)).toEqual([]);
    expect(await everUnknown(cluster, messages)).toEqual([]);
    await next.terminate();
  });

  it('an api ends with 0, in time, and keeps its word', async () => {
    const worker = await cluster.startWorker();
    const phones = await restaurant.guests(MESSAGES);
    const accepted = (): Promise<number> => cluster.count("SELECT count(*) FROM messages WHERE direction = 'OUTBOUND'");
    const before = await accepted();
    // Clients that repeat under the same key what got no answer.
    const sent = restaurant.sendToAll(phones, restaurant.numbers);
    await waitFor(async () => (await accepted()) >= before + 20);

    const startedAt = performance.now();
    await expect(api.terminate()).resolves.toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_TIMEOUT_MS);
    expect(await accepted()).toBeLessThan(before + MESSAGES);

    await cluster.startApi();
    const messages = await sent;
    await allReached(cluster, messages);
    expect(await accepted()).toBe(before + MESSAGES);
    expect(await takenTwice(cluster, messages)).toEqual([]);
    expect(await everUnknown(cluster, messages)).toEqual([]);
    await worker.terminate();
  });
});
