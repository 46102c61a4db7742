import { createHmac, randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import { allReached, neverTaken, sendingNow, takenTwice } from '../support/outbound-invariants.js';
import { PostgresServer } from '../support/postgres-server.js';
import type { RestAnswer } from '../support/rest-client.js';
import { newPhone, Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(90_000);

/** Postgres is the truth: without it there is no 2xx, and with it again everything goes on by itself. */
describe('Postgres stops and starts again', () => {
  let cluster: Cluster;
  let postgres: PostgresServer;
  let restaurant: Restaurant & { numbers: ConnectedNumber[] };

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    cluster = await Cluster.start({ name: 'postgres', database: postgres.database });
    cluster.processes.watch(postgres.pid);
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
    restaurant = await Restaurant.open(cluster, { throughputLevel: 'COEXISTENCE' });
  });
  afterAll(async () => {
    await cluster?.stop();
    await postgres?.remove();
  });

  const webhook = (text: string): Promise<RestAnswer> => {
    const wamid = `wamid.${Buffer.from(text).toString('base64')}`;
    const message = { from: newPhone().slice(1), id: wamid, timestamp: String(Math.floor(Date.now() / 1_000)), type: 'text', text: { body: text } };
    const metadata = { display_phone_number: '40215550100', phone_number_id: restaurant.numbers[0]!.graphId };
    const value = { messaging_product: 'whatsapp', metadata, messages: [message] };
    const raw = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: restaurant.wabaId, changes: [{ field: 'messages', value }] }] });
    const signature = createHmac('sha256', cluster.app.appSecret).update(raw).digest('hex');
    return cluster.rest.call('POST', '/webhooks/whatsapp', { raw, headers: { 'x-hub-signature-256': `sha256=${signature}` } });
  };

  it('503 meanwhile, never a false 2xx; afterwards nothing is lost and nothing doubled', async () => {
    const number = restaurant.numbers[0]!;
    const [early, during, after] = [await restaurant.guests(60), await restaurant.guests(10), await restaurant.guests(5)];
    const accepted = await restaurant.sendToAll(early, restaurant.numbers);
    await waitFor(async () => (await cluster.simulator.ledgerCount()) >= 10);
    await postgres.stop();

    const keys = during.map(() => randomUUID());
    const refused = await Promise.all([...during.map((to, at) => restaurant.post(to, number.id, keys[at])), webhook('while it was away')]);
    for (const { status, headers, body } of refused) {
      expect(status).toBe(503);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(body).toMatchObject({ code: 'database.unavailable', retryable: true });
    }
    await waitFor(async () => (await cluster.rest.call('GET', '/health/ready')).status === 503);
    await expect(cluster.rest.call('GET', '/health/live')).resolves.toMatchObject({ status: 200 });

    await postgres.restart();
    // What was on its way to Meta while nothing could be written.
    const inDoubt = await sendingNow(cluster);
    const healedBy = performance.now() + 10_000;
    await waitFor(async () => (await webhook('and now?')).status === 200);
    const again = await Promise.all(during.map((to, at) => restaurant.post(to, number.id, keys[at])));
    expect(again.map(({ status }) => status)).toEqual(again.map(() => 202));
    expect(performance.now()).toBeLessThan(healedBy);

    const later = await restaurant.sendToAll(after, restaurant.numbers);
    const messages = [...accepted, ...again.map(({ body }, at) => ({ id: String(body['id']), to: during[at]!, number })), ...later];
    const lost = await neverTaken(cluster, messages.filter(({ id }) => inDoubt.includes(id)));
    await allReached(cluster, messages.filter(({ id }) => !lost.includes(id)), 30_000);
    expect(await takenTwice(cluster, messages)).toEqual([]);
    await waitFor(async () => (await cluster.count("SELECT count(*) FROM messages WHERE direction = 'INBOUND'")) === 1);
  });
});
