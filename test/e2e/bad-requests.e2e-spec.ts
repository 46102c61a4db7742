import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Cluster } from '../support/cluster.js';
import { allReached, takenTwice } from '../support/outbound-invariants.js';
import type { Json, RestAnswer, RestClient } from '../support/rest-client.js';
import { newPhone, Restaurant, type ConnectedNumber } from '../support/restaurant.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(60_000);

const NOBODY = '0199a1b2-0000-7000-8000-00000000dead';

/** What tenants may send us and should not, and what they may not see. */
describe('bad requests', () => {
  let cluster: Cluster;
  let restaurant: Restaurant & { numbers: ConnectedNumber[] };
  let number: ConnectedNumber;

  beforeAll(async () => {
    cluster = await Cluster.start({ name: 'bad-requests' });
    await Promise.all([cluster.startApi(), cluster.startWorker()]);
    restaurant = await Restaurant.open(cluster);
    number = restaurant.numbers[0]!;
  });
  afterAll(() => cluster?.stop());

  it.each([
    ['U+0000', 'Ana\u0000'],
    ['half a surrogate pair', 'Ana \ud83d'],
  ])('%s among 64 parallel good ones: only its own caller hears of it', async (_name, poison) => {
    const phones = await restaurant.guests(65);
    const bad = 31;
    const answers = await Promise.all(
      phones.map((to, at) => {
        const body = restaurant.templateTo(to, number.id);
        (body['template'] as Json)['parameters'] = { body: [at === bad ? poison : 'Ana', 'A-1042'] };
        return restaurant.rest.call('POST', '/v1/messages', { body });
      }),
    );
    const [refused] = answers.splice(bad, 1);
    expect(refused).toMatchObject({ status: 422, body: { code: 'text.invalid-character', errors: [{ pointer: '/template/parameters/body/0' }] } });
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    phones.splice(bad, 1);
    await allReached(cluster, answers.map(({ body }, at) => ({ id: String(body['id']), to: phones[at]!, number })));
  });

  it('the same Idempotency-Key five times at once: one message, one answer', async () => {
    const [to] = await restaurant.guests(1);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => restaurant.post(to!, number.id, key)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(4);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);

    const message = { id: String(answers[0]!.body['id']), to: to!, number };
    await allReached(cluster, [message]);
    expect(await takenTwice(cluster, [message])).toEqual([]);
    // Still the same bytes, whatever has become of the message; and another body under the key is refused.
    expect((await restaurant.post(to!, number.id, key)).text).toBe(answers[0]!.text);
    const [other] = await restaurant.guests(1);
    const { status, body } = await restaurant.post(other!, number.id, key);
    expect([status, body['code']]).toEqual([422, 'idempotency.key-reused']);
  });

  describe("another tenant's ids", () => {
    let stranger: RestClient;
    let ids: Record<'number' | 'message' | 'template' | 'conversation' | 'contact' | 'key' | 'user' | 'app', string>;

    beforeAll(async () => {
      const { rest } = restaurant;
      const [guest] = await restaurant.guests(1);
      const message = await restaurant.send(guest!, number);
      await cluster.simulator.customerWrites(guest!, number.graphId, 'Thank you');
      await waitFor(async () => (await rest.ok<{ data: Json[] }>('GET', '/v1/conversations')).data.length > 0);
      const first = async (path: string): Promise<string> => String((await rest.ok<{ data: Json[] }>('GET', path)).data[0]!['id']);
      await rest.ok('POST', '/v1/users', { body: { subject: 'ana', email: 'ana@example.com', name: 'Ana', role: 'agent' } });
      await rest.ok('POST', '/v1/apps', { body: { appId: '5550003', name: 'Own', secrets: ['a-secret-of-the-app'], verifyToken: 'verify-token' } });
      const contact = String((await restaurant.message(message.id))['contactId']);
      ids = {
        number: number.id,
        message: message.id,
        contact,
        template: await first('/v1/templates'),
        conversation: await first('/v1/conversations'),
        key: await first('/v1/api-keys'),
        user: await first('/v1/users'),
        app: await first('/v1/apps'),
      };
      stranger = (await Restaurant.found(cluster)).rest;
    });

    const withoutRequestId = ({ status, text, body }: RestAnswer): string => `${status} ${text.replace(String(body['requestId']), '')}`;

    it.each<{ method: string; path: string; kind: keyof typeof ids; body?: Json }>([
      { method: 'GET', path: '/v1/numbers/:id', kind: 'number' },
      { method: 'PUT', path: '/v1/numbers/:id/token', kind: 'number', body: { accessToken: 'EAA' } },
      { method: 'POST', path: '/v1/numbers/:id/sync-templates', kind: 'number' },
      { method: 'GET', path: '/v1/messages/:id', kind: 'message' },
      { method: 'GET', path: '/v1/templates/:id', kind: 'template' },
      { method: 'GET', path: '/v1/conversations/:id', kind: 'conversation' },
      { method: 'GET', path: '/v1/conversations/:id/messages', kind: 'conversation' },
      { method: 'GET', path: '/v1/contacts/:id', kind: 'contact' },
      { method: 'PATCH', path: '/v1/contacts/:id', kind: 'contact', body: { customerId: 'C-1' } },
      { method: 'GET', path: '/v1/contacts/:id/consents', kind: 'contact' },
      { method: 'GET', path: '/v1/contacts/:id/consents/proof', kind: 'contact' },
      { method: 'GET', path: '/v1/users/:id', kind: 'user' },
      { method: 'PATCH', path: '/v1/users/:id', kind: 'user', body: { role: 'admin' } },
      { method: 'DELETE', path: '/v1/api-keys/:id', kind: 'key' },
      { method: 'PUT', path: '/v1/apps/:id/secrets', kind: 'app', body: { secrets: ['another-secret-of-it'], verifyToken: 'verify-token' } },
    ])('$method $path: byte for byte the 404 of an id that nobody has', async ({ method, path, kind, body }) => {
      const call = (client: RestClient, id: string): Promise<RestAnswer> => client.call(method, path.replace(':id', id), body === undefined ? {} : { body });
      const theirs = await call(stranger, ids[kind]);
      expect(theirs.status).toBe(404);
      expect(withoutRequestId(theirs)).toBe(withoutRequestId(await call(stranger, NOBODY)));
      // For its owner it is there; what changes things is tried by the owner's own tests.
      if (method === 'GET') expect((await call(restaurant.rest, ids[kind])).status).toBe(200);
    });

    it('in a message to send, and as filters of lists', async () => {
      const send = (numberId: string): Promise<RestAnswer> => stranger.call('POST', '/v1/messages', { body: restaurant.templateTo(newPhone(), numberId) });
      const [theirs, nobodys] = [await send(ids.number), await send(NOBODY)];
      expect([theirs.status, theirs.body['code']]).toEqual([422, 'number.not-found']);
      expect(withoutRequestId(theirs)).toBe(withoutRequestId(nobodys));
      for (const filter of ['numberId', 'contactId', 'conversationId'] as const) {
        const id = ids[filter.slice(0, -2) as 'number' | 'contact' | 'conversation'];
        await expect(stranger.ok('GET', `/v1/messages?${filter}=${id}`)).resolves.toMatchObject({ data: [] });
      }
    });

    it('a number that another tenant has connected: taken, whoever has it', async () => {
      const body = { phoneNumberId: number.graphId, wabaId: restaurant.wabaId, accessToken: restaurant.token };
      const { status, body: problem, text } = await stranger.call('POST', '/v1/numbers', { body });
      expect([status, problem['code']]).toEqual([409, 'number.taken']);
      expect(text).not.toContain(restaurant.tenantId);
    });
  });

  it('every refusal is a problem whose type leads to a page', async () => {
    const { rest } = restaurant;
    const to = newPhone();
    const template = (changes: Json): Json => ({ ...restaurant.templateTo(to, number.id), ...changes });
    const refusals: [status: number, code: string, answer: Promise<RestAnswer>][] = [
      [401, 'auth.missing', cluster.rest.call('GET', '/v1/messages')],
      [401, 'auth.invalid', cluster.rest.call('GET', '/v1/messages', { key: 'parley_live_wrong' })],
      [403, 'auth.scope-missing', rest.call('POST', '/v1/tenants', { body: { name: 'Mine' } })],
      [404, 'resource.not-found', rest.call('GET', '/v1/nothing-here')],
      [404, 'resource.not-found', rest.call('GET', '/v1/messages/not-an-id')],
      [400, 'request.malformed', rest.call('POST', '/v1/messages', { raw: '{"numberId":' })],
      [415, 'media-type.unsupported', rest.call('POST', '/v1/messages', { raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })],
      [413, 'body.too-large', rest.call('POST', '/v1/messages', { raw: `"${'a'.repeat(300_000)}"` })],
      [422, 'request.invalid', rest.call('POST', '/v1/messages', { body: { to: 7, surprise: true } })],
      [422, 'request.invalid', rest.call('GET', '/v1/messages?limit=1000')],
      [400, 'phone.invalid', rest.call('POST', '/v1/messages', { body: template({ to: '12' }) })],
      [422, 'consent.missing', rest.call('POST', '/v1/messages', { body: template({}) })],
      [422, 'template.not-found', rest.call('POST', '/v1/messages', { body: template({ template: { name: 'nothing', language: 'en_US' } }) })],
      [422, 'idempotency.key-invalid', rest.call('POST', '/v1/messages', { body: template({}), headers: { 'idempotency-key': 'a b' } })],
      [422, 'text.invalid-character', rest.call('POST', '/v1/messages', { body: template({ to: '+4072\u0000' }) })],
    ];
    const seen: [status: number, code: unknown][] = [];
    for (const [, , pending] of refusals) {
      const { status, headers, body } = await pending;
      seen.push([status, body['code']]);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.get('request-id')).toBe(body['requestId']);
      expect(body).toMatchObject({
        type: `${cluster.rest.url}/docs/errors/${String(body['code'])}`,
        title: expect.stringMatching(/./) as unknown,
        status,
        detail: expect.stringMatching(/./) as unknown,
        code: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/) as unknown,
        retryable: expect.any(Boolean) as unknown,
      });
      const page = await fetch(String(body['type']));
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(String(body['code']))]);
    }
    expect(seen).toEqual(refusals.map(([status, code]) => [status, code]));
  });
});
