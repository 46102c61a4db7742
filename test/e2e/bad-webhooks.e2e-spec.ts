import { createHmac } from 'node:crypto';
import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import type { Json, RestAnswer } from '../support/rest-client.js';
import { newPhone, Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(60_000);

const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024;
const OWN_APP = { secret: 'a-secret-of-the-tenants-own-app', verifyToken: 'verify-token' };

/** What comes to the webhook and should not, or comes as it should not. */
describe('bad webhooks', () => {
  let cluster: Cluster;
  let restaurant: Restaurant & { numbers: ConnectedNumber[] };
  let number: ConnectedNumber;

  beforeAll(async () => {
    cluster = await Cluster.start({ name: 'bad-webhooks' });
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
    restaurant = await Restaurant.open(cluster, { echoEnabled: false });
    number = restaurant.numbers[0]!;
  });
  afterAll(() => cluster?.stop());

  const stored = (): Promise<number> => cluster.count('SELECT count(*) FROM webhook_events');
  const processed = (): Promise<void> => waitFor(async () => (await cluster.count("SELECT count(*) FROM webhook_events WHERE state = 'NEW'")) === 0);
  const inbound = (wamid: string): Promise<number> => cluster.count('SELECT count(*) FROM messages WHERE wamid = $1', [wamid]);
  const itemsOf = (graphId: string): Promise<Json[]> => cluster.rows('SELECT kind, state, error FROM webhook_items WHERE graph_number_id = $1 ORDER BY id', [graphId]);

  const post = (raw: string | Buffer, options: { secret?: string; appId?: string; signature?: string } = {}): Promise<RestAnswer> => {
    const { secret = cluster.app.appSecret, appId, signature } = options;
    const header = signature ?? `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;
    return cluster.rest.call('POST', `/webhooks/whatsapp${appId === undefined ? '' : `/${appId}`}`, { raw, headers: { 'x-hub-signature-256': header } });
  };
  const value = (graphId: string, items: Json): Json => ({
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '40215550100', phone_number_id: graphId },
    ...items,
  });
  const envelope = (...values: Json[]): string =>
    JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: restaurant.wabaId, changes: values.map((each) => ({ field: 'messages', value: each })) }] });
  const nowSeconds = (): string => String(Math.floor(Date.now() / 1_000));
  const textFrom = (phone: string, wamid: string, text: string): Json => ({ from: phone.slice(1), id: wamid, timestamp: nowSeconds(), type: 'text', text: { body: text } });
  const statusOf = (wamid: string, status: string): Json => ({ id: wamid, status, timestamp: nowSeconds(), recipient_id: '40723000111' });

  describe('signatures', () => {
    it.each([
      ['bad', 'signature_invalid'],
      ['missing', 'signature_missing'],
      ['truncated', 'signature_malformed'],
      ['uppercase', 'signature_malformed'],
      ['doubled', 'signature_malformed'],
    ])('%s: 401, nothing stored, counted as %s', async (signature, reason) => {
      const [events, counted] = [await stored(), await cluster.apiMetric('webhook_rejected_total', { reason })];
      const body = JSON.parse(envelope(value(number.graphId, { messages: [textFrom(newPhone(), 'wamid.bad', 'Hello')] }))) as Json;
      expect(await cluster.simulator.webhook(cluster.app.appId, body, { signature })).toMatchObject([{ status: 401 }]);
      expect(await stored()).toBe(events);
      expect(await cluster.apiMetric('webhook_rejected_total', { reason })).toBe(counted + 1);
    });

    it('by sha1, by the secret of another app, for a path of another app, for an unknown app: the same 401', async () => {
      const other = '5550001';
      await restaurant.rest.ok('POST', '/v1/apps', { body: { appId: other, name: 'Own', secrets: [OWN_APP.secret], verifyToken: OWN_APP.verifyToken } });
      const events = await stored();
      const raw = envelope(value(number.graphId, { messages: [textFrom(newPhone(), 'wamid.bad', 'Hello')] }));
      const answers = [
        await post(raw, { signature: `sha1=${createHmac('sha1', cluster.app.appSecret).update(raw).digest('hex')}` }),
        await post(raw, { secret: OWN_APP.secret }),
        await post(raw, { appId: other }),
        await post(raw, { appId: '5559999' }),
        await post(raw, { appId: 'no-app-id' }),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(401);
        expect({ ...body, requestId: '' }).toEqual({ ...answers[0]!.body, requestId: '' });
        expect(body['code']).toBe('webhook.signature-invalid');
      }
      expect(await stored()).toBe(events);
    });
  });

  describe('bodies', () => {
    it('of 3 MB are taken, beyond that 413 and nothing stored', async () => {
      const raw = envelope(value(number.graphId, {}));
      const largest = Buffer.alloc(MAX_WEBHOOK_BYTES, ' ');
      largest.write(raw);
      expect((await post(largest)).status).toBe(200);
      const events = await stored();
      const { status, body } = await post(Buffer.concat([largest, Buffer.from(' ')]));
      expect([status, body['code']]).toEqual([413, 'body.too-large']);
      expect(await stored()).toBe(events);
    });

    it.each(['{"object":"whatsapp_business_account","entry":[', '', 'null', '[1]', '"\\ud800"', '\u0000'])('signed and no envelope (%j): 200, stored, DEAD', async (raw) => {
      const dead = (): Promise<number> => cluster.count("SELECT count(*) FROM webhook_events WHERE state = 'DEAD' AND body = $1", [Buffer.from(raw)]);
      expect((await post(raw)).status).toBe(200);
      await waitFor(async () => (await dead()) === 1);
    });

    it('with U+0000 and half a surrogate pair in what the customer wrote: stored, and the conversation works', async () => {
      const [guest, wamid] = [newPhone(), 'wamid.null'];
      const raw = envelope(value(number.graphId, { contacts: [{ wa_id: guest.slice(1), profile: { name: 'A\u0000na \ud83d' } }], messages: [textFrom(guest, wamid, 'Soup\u0000 and \udc00 bread')] }));
      expect((await post(raw)).status).toBe(200);
      await waitFor(async () => (await inbound(wamid)) === 1);
      const { data } = await restaurant.rest.ok<{ data: Json[] }>('GET', '/v1/conversations');
      const conversation = data.find(({ lastMessage }) => String(lastMessage).startsWith('Soup'));
      expect(conversation).toMatchObject({ unreadCount: 1, lastMessage: 'Soup and bread' });
      await expect(restaurant.rest.call('GET', `/v1/conversations/${String(conversation!['id'])}/messages`)).resolves.toMatchObject({ status: 200 });
    });
  });

  it('a number that nobody has connected: 200, UNROUTED, and replayed once it is connected', async () => {
    const late = await Restaurant.found(cluster, { echoEnabled: false });
    const graphId = late.graphIds[0]!;
    const raw = envelope(value(graphId, { messages: [textFrom(newPhone(), 'wamid.early', 'Anybody there yet?')] }));
    expect((await post(raw)).status).toBe(200);
    await waitFor(async () => (await itemsOf(graphId)).length === 1);
    expect(await itemsOf(graphId)).toEqual([{ kind: 'message', state: 'UNROUTED', error: 'number.unknown' }]);

    await late.connect(graphId);
    await waitFor(async () => (await inbound('wamid.early')) === 1, 15_000);
    expect(await itemsOf(graphId)).toMatchObject([{ state: 'DONE' }]);
  });

  it('the same webhook 20 times, at once: one message, one unread', async () => {
    const [guest, wamid] = [newPhone(), 'wamid.twenty'];
    const raw = envelope(value(number.graphId, { messages: [textFrom(guest, wamid, 'Only once, please')] }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(raw)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await processed();
    expect(await inbound(wamid)).toBe(1);
    const { data } = await restaurant.rest.ok<{ data: Json[] }>('GET', '/v1/conversations');
    expect(data.filter(({ lastMessage }) => lastMessage === 'Only once, please')).toMatchObject([{ unreadCount: 1, messageCount: 1 }]);
  });

  describe('statuses', () => {
    afterAll(() => cluster.simulator.settings({ statuses: true, shuffle: false, duplicates: 0, statusBeforeAnswer: false, readShare: 0 }));

    const times = (message: Json): string[] => Object.entries(message['times'] as Json).flatMap(([name, at]) => (at === null ? [] : [name]));
    const seen = (id: string): Promise<Json[]> =>
      cluster.rows("SELECT type FROM message_events WHERE message_id = $1 AND type IN ('sent', 'delivered', 'read') ORDER BY type", [id]);

    it('in every order, each twice: READ, and each on the timeline once', async () => {
      await cluster.simulator.settings({ statuses: false });
      const orders = ['sent delivered read', 'sent read delivered', 'delivered sent read', 'delivered read sent', 'read sent delivered', 'read delivered sent'];
      const messages = await restaurant.sendToAll(await restaurant.guests(orders.length), restaurant.numbers);
      for (const [at, order] of orders.entries()) {
        const { wamid } = await restaurant.reaches(messages[at]!.id, ['ACCEPTED']);
        for (const status of order.split(' ')) {
          const raw = envelope(value(number.graphId, { statuses: [statusOf(String(wamid), status)] }));
          expect((await Promise.all([post(raw), post(raw)])).map((answer) => answer.status)).toEqual([200, 200]);
        }
      }
      await processed();
      for (const { id } of messages) {
        const message = await restaurant.reaches(id, ['READ']);
        expect(times(message)).toEqual(expect.arrayContaining(['sentAt', 'deliveredAt', 'readAt']));
        expect((await seen(id)).map(({ type }) => type)).toEqual(['delivered', 'read', 'sent']);
      }
    });

    it("before the send's own answer, doubled and shuffled: READ once", async () => {
      await cluster.simulator.settings({ statuses: true, shuffle: true, duplicates: 2, statusBeforeAnswer: true, readShare: 1, answerDelayMs: { min: 200, max: 300 } });
      const messages = await restaurant.sendToAll(await restaurant.guests(10), restaurant.numbers);
      for (const { id } of messages) {
        const message = await restaurant.reaches(id, ['READ']);
        expect(message).toMatchObject({ attempts: 1, wamid: expect.stringMatching(/^wamid\./) as unknown });
        await waitFor(async () => (await seen(id)).length === 3);
        expect(times(await restaurant.message(id))).toEqual(expect.arrayContaining(['sentAt', 'deliveredAt', 'readAt']));
      }
      await cluster.simulator.settings({ answerDelayMs: { min: 0, max: 0 } });
    });
  });

  it("a tenant's own app that signs well and names another tenant's number and message: REFUSED, nothing changes", async () => {
    const intruder = await Restaurant.found(cluster);
    const appId = '5550002';
    await intruder.rest.ok('POST', '/v1/apps', { body: { appId, name: 'Intruder', secrets: [OWN_APP.secret], verifyToken: OWN_APP.verifyToken } });
    await cluster.simulator.settings({ statuses: false });
    const [victim] = await restaurant.sendToAll(await restaurant.guests(1), restaurant.numbers);
    const { wamid } = await restaurant.reaches(victim!.id, ['ACCEPTED']);

    const raw = envelope(
      value(number.graphId, { statuses: [statusOf(String(wamid), 'failed')] }),
      value(number.graphId, { messages: [textFrom(newPhone(), 'wamid.forged', 'I am your customer')] }),
    );
    const before = (await itemsOf(number.graphId)).length;
    expect((await post(raw, { appId, secret: OWN_APP.secret })).status).toBe(200);
    await waitFor(async () => (await itemsOf(number.graphId)).length === before + 2);
    expect((await itemsOf(number.graphId)).slice(before)).toEqual(
      expect.arrayContaining(['status', 'message'].map((kind) => ({ kind, state: 'REFUSED', error: 'app.not-of-tenant' }))),
    );
    expect(await inbound('wamid.forged')).toBe(0);
    await expect(restaurant.message(victim!.id)).resolves.toMatchObject({ status: 'ACCEPTED' });
    await cluster.simulator.settings({ statuses: true });
  });

  it('a status of a number that is ours for a message of another number: nothing changes', async () => {
    const own = await Restaurant.open(cluster, { echoEnabled: false });
    await cluster.simulator.settings({ statuses: false });
    const [victim] = await restaurant.sendToAll(await restaurant.guests(1), restaurant.numbers);
    const { wamid } = await restaurant.reaches(victim!.id, ['ACCEPTED']);
    expect((await post(envelope(value(own.numbers[0]!.graphId, { statuses: [statusOf(String(wamid), 'read')] })))).status).toBe(200);
    await processed();
    await expect(restaurant.message(victim!.id)).resolves.toMatchObject({ status: 'ACCEPTED' });
    expect(await itemsOf(own.numbers[0]!.graphId)).toMatchObject([{ kind: 'status', error: 'status.message-unknown' }]);
    await cluster.simulator.settings({ statuses: true });
  });
});
