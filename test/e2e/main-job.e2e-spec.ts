import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import type { Json } from '../support/rest-client.js';
import { newPhone, Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(60_000);

const ANSWER = 'See you at eight!';
const TIMESTAMP = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/;

interface Page {
  data: Json[];
}

describe('the main job, through the public API', () => {
  let cluster: Cluster;
  let restaurant: Restaurant;
  let number: ConnectedNumber;
  const guest = newPhone();

  beforeAll(async () => {
    cluster = await Cluster.start({ name: 'main-job', settings: { readShare: 1 } });
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
  });
  afterAll(() => cluster?.stop());

  const texts = async (graphId: string, to: string): Promise<string[]> =>
    (await cluster.simulator.ledger(graphId))
      .filter(({ type, recipient }) => type === 'text' && `+${recipient}` === to)
      .map(({ body }) => String((body?.['text'] as Json)['body']));

  it('the platform makes a tenant, which connects its number and reads its templates', async () => {
    restaurant = await Restaurant.found(cluster);
    number = await restaurant.connect(restaurant.graphIds[0]!);
    await expect(restaurant.rest.ok('POST', `/v1/numbers/${number.id}/sync-templates`)).resolves.toMatchObject({ synced: 1 });
    const { data } = await restaurant.rest.ok<Page & Json>('GET', '/v1/templates');
    expect(data).toMatchObject([{ name: 'order_confirmation', status: 'APPROVED' }]);
  });

  it('refuses a template message without consent', async () => {
    const { status, body } = await restaurant.post(guest, number.id);
    expect([status, body['code']]).toEqual([422, 'consent.missing']);
  });

  it('with consent it leaves once, and is SENT, DELIVERED and READ', async () => {
    await restaurant.consent(guest);
    const { status, body } = await restaurant.post(guest, number.id);
    expect([status, body['status'], body['to']]).toEqual([202, 'QUEUED', guest]);

    const message = await restaurant.reaches(String(body['id']), ['READ']);
    const reached = ['queuedAt', 'sendingAt', 'acceptedAt', 'sentAt', 'deliveredAt', 'readAt'];
    expect(message['times']).toMatchObject(Object.fromEntries(reached.map((time) => [time, expect.any(String)])));
    const entries = await cluster.simulator.ledger(number.graphId);
    expect(entries).toMatchObject([{ wamid: message['wamid'], to: guest, type: 'template', statuses: ['sent', 'delivered', 'read'] }]);
  });

  it("the customer's answer opens a conversation, and gets an echo with its time", async () => {
    await cluster.simulator.customerWrites(guest, number.graphId, ANSWER);
    let conversation: Json = {};
    await waitFor(async () => {
      const { data } = await restaurant.rest.ok<Page & Json>('GET', '/v1/conversations');
      conversation = data[0] ?? {};
      return data.length === 1;
    });
    expect(conversation).toMatchObject({ numberId: number.id, state: 'OPEN', unreadCount: 1 });

    await waitFor(async () => (await texts(number.graphId, guest)).length > 0);
    const [echo, ...others] = await texts(number.graphId, guest);
    expect(others).toEqual([]);
    expect(echo).toContain(ANSWER);
    expect(echo).toMatch(TIMESTAMP);

    const { data } = await restaurant.rest.ok<Page & Json>('GET', `/v1/conversations/${String(conversation['id'])}/messages`);
    expect(data.map(({ direction, kind }) => [direction, kind])).toEqual([
      ['OUTBOUND', 'text'],
      ['INBOUND', 'text'],
      ['OUTBOUND', 'template'],
    ]);
  });

  it('inside the window text may be sent', async () => {
    const body = { numberId: number.id, to: guest, text: { body: 'Your table is ready.' } };
    const { id } = await restaurant.rest.ok<{ id: string }>('POST', '/v1/messages', { body });
    await restaurant.reaches(id, ['READ']);
    expect(await texts(number.graphId, guest)).toContain('Your table is ready.');
  });

  it('to somebody who has not written it may not', async () => {
    const stranger = newPhone();
    await restaurant.consent(stranger);
    const body = { numberId: number.id, to: stranger, text: { body: 'Hello?' } };
    const answer = await restaurant.rest.call('POST', '/v1/messages', { body });
    expect([answer.status, answer.body['code']]).toEqual([422, 'window.closed']);
  });

  it('a tenant may switch its echo off', async () => {
    await restaurant.rest.ok('PATCH', '/v1/tenant', { body: { echoEnabled: false } });
    const quiet = newPhone();
    await cluster.simulator.customerWrites(quiet, number.graphId, 'Anybody there?');
    await waitFor(async () => (await cluster.count("SELECT count(*) FROM messages WHERE direction = 'INBOUND' AND automated_at IS NOT NULL")) === 2);
    expect(await texts(number.graphId, quiet)).toEqual([]);
    expect(await cluster.count("SELECT count(*) FROM messages WHERE sender = 'system'")).toBe(1);
  });
});
