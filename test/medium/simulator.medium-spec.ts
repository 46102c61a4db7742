import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startSimulator } from '../../apps/simulator/src/simulator.js';
import { waitFor } from '../support/wait-for.js';

const APP_ID = '1001';
const APP_SECRET = 'shh';
const VERIFY_TOKEN = 'prove-it';
const WABA = '2001';
const NUMBER = '3001';
const TOKEN = 'EAAG-test';
const CUSTOMER = '+5511999998888';

type Json = Record<string, unknown>;

interface Received {
  readonly bytes: Buffer;
  readonly signature: string | undefined;
  readonly body: Json;
}

interface Status extends Json {
  readonly id: string;
  readonly status: string;
}

/** A receiver of webhooks that answers the handshake, keeps what comes and answers as it is told. */
class Receiver {
  readonly received: Received[] = [];
  answers: number[] = [];
  private server!: Server;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://receiver');
      if (request.method === 'GET') {
        const isKnown = url.searchParams.get('hub.verify_token') === VERIFY_TOKEN;
        return void response.writeHead(isKnown ? 200 : 403).end(isKnown ? url.searchParams.get('hub.challenge') : '');
      }
      return void this.take(request).then(() => response.writeHead(this.answers.shift() ?? 200).end());
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/${APP_ID}`;
  }

  get statuses(): Status[] {
    return this.values().flatMap((value) => (value['statuses'] as Status[] | undefined) ?? []);
  }

  statusesOf(wamid: string): string[] {
    return this.statuses.filter(({ id }) => id === wamid).map(({ status }) => status);
  }

  values(): Json[] {
    return this.received.flatMap(({ body }) =>
      (body['entry'] as { changes: { value: Json }[] }[]).flatMap(({ changes }) => changes.map(({ value }) => value)),
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const signature = request.headers['x-hub-signature-256'];
    this.received.push({
      bytes,
      signature: Array.isArray(signature) ? signature[0] : signature,
      body: JSON.parse(bytes.toString()) as Json,
    });
  }
}

describe('the simulator', () => {
  let simulator: NestFastifyApplication;
  let receiver: Receiver;
  let baseUrl: string;

  beforeAll(async () => {
    simulator = await startSimulator({ host: '127.0.0.1', port: 0, seed: 42 });
    baseUrl = await simulator.getUrl();
  });

  afterAll(() => simulator.close());

  beforeEach(async () => {
    receiver = new Receiver();
    await receiver.start();
    await control('POST', 'reset');
    await control('POST', 'apps', {
      appId: APP_ID,
      appSecret: APP_SECRET,
      verifyToken: VERIFY_TOKEN,
      callbackUrl: receiver.url,
    });
    await control('POST', 'accounts', {
      wabaId: WABA,
      name: 'Pizzeria Sol',
      token: TOKEN,
      appId: APP_ID,
      numbers: [{ id: NUMBER, displayPhoneNumber: '+1 555 078 3881', verifiedName: 'Pizzeria Sol' }],
      templates: [
        {
          id: '9007199254740993',
          name: 'order_ready',
          language: 'pt_BR',
          category: 'UTILITY',
          components: [{ type: 'BODY', text: 'Olá {{1}}, seu pedido {{2}} está pronto' }],
        },
        {
          name: 'paused',
          language: 'pt_BR',
          category: 'MARKETING',
          status: 'PAUSED',
          components: [{ type: 'BODY', text: 'x' }],
        },
      ],
    });
    await graph('POST', `${WABA}/subscribed_apps`);
    await control('PUT', 'settings', {
      statusDelaysMs: { sent: 1, delivered: 1, read: 1 },
      readShare: 1,
      // One request at a time and none batched: what arrives is then in the order in which it was sent.
      webhookConcurrency: 1,
      webhookBatchMax: 1,
      webhookRetryDelaysMs: [1, 2, 4],
    });
  });

  afterEach(() => receiver.stop());

  async function ask(method: string, path: string, body?: Json, headers: Record<string, string> = {}) {
    const response = await fetch(`${baseUrl}/${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Json };
  }

  const control = (method: string, path: string, body?: Json) => ask(method, `control/${path}`, body);
  const graph = (method: string, path: string, body?: Json, token = TOKEN) =>
    ask(method, `v25.0/${path}`, body, { authorization: `Bearer ${token}` });
  const send = (changes: Json = {}) =>
    graph('POST', `${NUMBER}/messages`, {
      messaging_product: 'whatsapp',
      to: CUSTOMER,
      ...template('Ana', '7'),
      ...changes,
    });

  function template(...parameters: string[]): Json {
    const components = [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }];
    return { type: 'template', template: { name: 'order_ready', language: { code: 'pt_BR' }, components } };
  }

  function wamidOf(answer: { body: Json }): string {
    return (answer.body['messages'] as { id: string }[])[0]?.id ?? '';
  }

  function errorOf(answer: { body: Json }): Json {
    return answer.body['error'] as Json;
  }

  it('performs the handshake when an app is made known, and says how it went', async () => {
    const app = { appId: '1002', appSecret: 's', verifyToken: VERIFY_TOKEN, callbackUrl: receiver.url };
    const good = await control('POST', 'apps', app);
    const bad = await control('POST', 'apps', { ...app, verifyToken: 'wrong' });
    expect(good.body['handshake']).toMatchObject({ ok: true, status: 200, reason: null });
    expect(bad.body['handshake']).toMatchObject({ ok: false, status: 403 });
  });

  it('takes an override callback only after its handshake, and sends messages there', async () => {
    const other = new Receiver();
    await other.start();
    const refused = await graph('POST', `${WABA}/subscribed_apps`, {
      override_callback_uri: other.url,
      verify_token: 'no',
    });
    expect([refused.status, errorOf(refused)['error_subcode']]).toEqual([400, 2200]);
    await graph('POST', `${WABA}/subscribed_apps`, { override_callback_uri: other.url, verify_token: VERIFY_TOKEN });
    await send();
    await waitFor(() => other.statuses.length === 3);
    expect(receiver.received).toHaveLength(0);
    await other.stop();
  });

  it('signs the exact ASCII bytes, which a re-serialised body no longer matches', async () => {
    await control('POST', `customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER, text: 'olá 1/2 👍' });
    await waitFor(() => receiver.received.length === 1);
    const [{ bytes, signature, body } = {} as Received] = receiver.received;
    const hmac = (data: Buffer | string) => `sha256=${createHmac('sha256', APP_SECRET).update(data).digest('hex')}`;
    expect(signature).toBe(hmac(bytes));
    expect(signature).not.toBe(hmac(JSON.stringify(body)));
    expect(bytes.toString('latin1')).toContain('ol\\u00e1 1\\/2 \\ud83d\\udc4d');
    expect(receiver.values()[0]).toMatchObject({
      metadata: { display_phone_number: '15550783881', phone_number_id: NUMBER },
      contacts: [{ wa_id: '5511999998888' }],
      messages: [{ from: '5511999998888', type: 'text', text: { body: 'olá 1/2 👍' } }],
    });
  });

  it('accepts a template and tells sent, delivered and read in order, each with the opaque data', async () => {
    const answer = await send({ biz_opaque_callback_data: 'attempt-1' });
    const wamid = wamidOf(answer);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('facebook-api-version')).toBe('v25.0');
    expect(answer.body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: CUSTOMER, wa_id: '5511999998888' }],
      messages: [{ id: wamid, message_status: 'accepted' }],
    });
    await waitFor(() => receiver.statuses.length === 3);
    expect(receiver.statusesOf(wamid)).toEqual(['sent', 'delivered', 'read']);
    expect(receiver.statuses.every((status) => status['biz_opaque_callback_data'] === 'attempt-1')).toBe(true);
    expect(receiver.statuses[0]).toMatchObject({
      recipient_id: '5511999998888',
      pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
    });
  });

  it('brings the first status before the answer when it is told to', async () => {
    await control('PUT', 'settings', { statusBeforeAnswer: true });
    const answer = await send();
    expect(receiver.statusesOf(wamidOf(answer))).toContain('sent');
  });

  it('sends a refused webhook again, with the same bytes, and counts how the receiver did', async () => {
    receiver.answers = [500, 503];
    await control('POST', `customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER, text: 'Oi' });
    await waitFor(() => receiver.received.length === 3);
    expect(new Set(receiver.received.map(({ bytes }) => bytes.toString())).size).toBe(1);
    await waitFor(async () => (await callbacks())[0]?.['succeeded'] === 1);
    expect((await callbacks())[0]).toMatchObject({
      appId: APP_ID,
      requests: 3,
      updates: 1,
      failed: 2,
      retried: 2,
      givenUp: 0,
      answers: { 200: 1, 500: 1, 503: 1 },
    });
  });

  it('gives a webhook up after its last attempt', async () => {
    receiver.answers = [500, 500, 500, 500];
    await control('POST', `customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER });
    await waitFor(async () => (await callbacks())[0]?.['givenUp'] === 1);
    expect(receiver.received).toHaveLength(4);
  });

  it('repeats each update as often as it is told to', async () => {
    await control('PUT', 'settings', { duplicates: 2 });
    await control('POST', `customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER });
    await waitFor(() => receiver.received.length === 3);
  });

  it('puts into batches what piles up behind a busy receiver', async () => {
    await control('PUT', 'settings', { webhookBatchMax: 1000, pairLimit: false });
    await Promise.all(Array.from({ length: 30 }, () => send()));
    await waitFor(() => receiver.statuses.length === 90);
    expect(receiver.received.length).toBeLessThan(90);
  });

  it('gives a magic recipient its code, at once or by status', async () => {
    const refused = await send({ to: '+15550130429' });
    expect([refused.status, errorOf(refused)['code']]).toEqual([400, 130429]);
    const wamid = wamidOf(await send({ to: '+15550131026' }));
    await waitFor(() => receiver.statusesOf(wamid).includes('failed'));
    expect(receiver.statusesOf(wamid)).not.toContain('delivered');
    expect(receiver.statuses.at(-1)).toMatchObject({ errors: [{ code: 131026 }] });
  });

  it('keeps every accepted message in its ledger, and no refused one', async () => {
    const wamids = [wamidOf(await send({ biz_opaque_callback_data: 'a' })), wamidOf(await send())];
    await send({ to: 'nobody' });
    const { body } = await control('GET', `ledger?phoneNumberId=${NUMBER}&limit=1`);
    const rest = await control('GET', `ledger?after=${String(body['next'])}`);
    const entries = [...(body['entries'] as Json[]), ...(rest.body['entries'] as Json[])];
    expect(entries.map((entry) => entry['wamid'])).toEqual(wamids);
    expect(entries[0]).toMatchObject({ biz_opaque_callback_data: 'a', to: CUSTOMER, type: 'template' });
    expect((await control('GET', 'ledger/count?opaque=a')).body).toEqual({ count: 1 });
  });

  it.each([
    ['too few parameters', template('Ana'), 400, 132000],
    ['a new line in a parameter', template('Ana\n', '7'), 400, 132018],
    [
      'a language that the template does not have',
      { template: { name: 'order_ready', language: { code: 'en_US' } } },
      404,
      132001,
    ],
    ['a paused template', { template: { name: 'paused', language: { code: 'pt_BR' } } }, 400, 132015],
  ])('refuses %s', async (_name, changes, status, code) => {
    const answer = await send(changes);
    expect([answer.status, errorOf(answer)['code']]).toEqual([status, code]);
    expect(errorOf(answer)).toMatchObject({
      type: 'OAuthException',
      fbtrace_id: expect.stringMatching(/^A/) as unknown,
    });
    expect((await control('GET', 'ledger/count')).body).toEqual({ count: 0 });
  });

  it('knows tokens and what they may touch', async () => {
    await control('POST', 'accounts', { wabaId: '2002', name: 'Other', token: 'other-token', appId: APP_ID });
    const path = `${NUMBER}?fields=id`;
    const answers = await Promise.all([
      graph('GET', path),
      graph('GET', path, undefined, 'unknown'),
      ask('GET', path),
      graph('GET', path, undefined, 'other-token'),
      graph('GET', '404404'),
    ]);
    expect(answers.map(({ status, body }) => [status, (body['error'] as Json | undefined)?.['code']])).toEqual([
      [200, undefined],
      [401, 190],
      [401, 104],
      [403, 200],
      [400, 100],
    ]);
  });

  it('fails a text outside the service window by status, and delivers it inside', async () => {
    const text = { type: 'text', text: { body: 'Oi' }, template: undefined };
    const outside = wamidOf(await send(text));
    await waitFor(() => receiver.statusesOf(outside).includes('failed'));
    expect(receiver.statuses.at(-1)).toMatchObject({ errors: [{ code: 131047 }] });
    await control('POST', `customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER, text: 'Oi' });
    const inside = wamidOf(await send(text));
    await waitFor(() => receiver.statusesOf(inside).includes('read'));
  });

  it('marks a received message as read, and no other', async () => {
    const inbound = await control('POST', `customers/${CUSTOMER}/messages`, { phoneNumberId: NUMBER });
    const mark = (id: unknown) =>
      graph('POST', `${NUMBER}/messages`, { messaging_product: 'whatsapp', status: 'read', message_id: id });
    expect((await mark(inbound.body['wamid'])).body).toEqual({ success: true });
    expect(errorOf(await mark('wamid.unknown'))['code']).toBe(131009);
  });

  it('holds a number to its throughput, and a pair to its rate', async () => {
    await control('PUT', 'settings', { statuses: false });
    const codes = async (to: (index: number) => string) =>
      (await Promise.all(Array.from({ length: 60 }, (_, index) => send({ to: to(index) })))).map(
        ({ body }) => (body['error'] as Json | undefined)?.['code'],
      );
    const toOne = await codes(() => CUSTOMER);
    expect(toOne.filter((code) => code === undefined)).toHaveLength(45);
    expect(toOne.filter((code) => code === 131056)).toHaveLength(15);
    await control('POST', 'accounts', {
      wabaId: WABA,
      name: 'Pizzeria Sol',
      token: TOKEN,
      appId: APP_ID,
      numbers: [
        { id: NUMBER, displayPhoneNumber: '+1 555 078 3881', verifiedName: 'Sol', throughputLevel: 'COEXISTENCE' },
      ],
    });
    const toMany = await codes((index) => `+55119999${String(index).padStart(5, '0')}`);
    expect(toMany.filter((code) => code === 130429).length).toBeGreaterThanOrEqual(20);
  });

  describe('faults', () => {
    const count = async () => (await control('GET', 'ledger/count')).body['count'];

    it('answers with an error, a bare status or a page of HTML, and accepts nothing', async () => {
      await control('POST', 'faults', { kind: 'error', code: 131057 });
      await control('POST', 'faults', { kind: 'http', status: 503 });
      expect(errorOf(await send())['code']).toBe(131057);
      expect(await send()).toMatchObject({ status: 503, body: {} });
      await control('POST', 'faults', { kind: 'html', status: 502 });
      await expect(send()).rejects.toThrow(/<!DOCTYPE|JSON/);
      expect(await count()).toBe(0);
      expect((await send()).status).toBe(200);
    });

    it.each([
      ['reset', 0],
      ['accept-then-reset', 1],
    ])('%s breaks the connection with %i messages accepted', async (kind, accepted) => {
      await control('POST', 'faults', { kind, match: { to: CUSTOMER } });
      await expect(send()).rejects.toThrow('fetch failed');
      expect(await count()).toBe(accepted);
    });

    it.each([
      ['hang', 0],
      ['accept-then-hang', 1],
    ])('%s never answers, with %i messages accepted', async (kind, accepted) => {
      await control('POST', 'faults', { kind });
      const request = fetch(`${baseUrl}/${NUMBER}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_product: 'whatsapp', to: CUSTOMER, ...template('Ana', '7') }),
        signal: AbortSignal.timeout(150),
      });
      await expect(request).rejects.toThrow(/timeout|aborted/i);
      expect(await count()).toBe(accepted);
    });

    it('hits only the sends that it is for', async () => {
      await control('POST', 'faults', { kind: 'error', code: 131016, match: { to: '+15550001111' } });
      expect((await send()).status).toBe(200);
      expect(errorOf(await send({ to: '+15550001111' }))['code']).toBe(131016);
    });
  });

  it('tells of a change of a template, with its id as an integer of any size', async () => {
    await control('PUT', 'templates/9007199254740993', { status: 'PAUSED', reason: 'NONE' });
    await waitFor(() => receiver.received.length === 1);
    expect(receiver.received[0]?.bytes.toString()).toContain('"message_template_id":9007199254740993');
    expect(receiver.values()[0]).toMatchObject({ event: 'PAUSED', message_template_language: 'pt-BR' });
    expect(errorOf(await send())['code']).toBe(132015);
  });

  it('sends nothing for an account that no app is subscribed to', async () => {
    await graph('DELETE', `${WABA}/subscribed_apps`);
    await send();
    await waitFor(async () => (await control('GET', 'receiver')).body['unsubscribedUpdates'] === 3);
    expect(receiver.received).toHaveLength(0);
  });

  it('sends a raw payload with a good or a bad signature, and says how it was answered', async () => {
    receiver.answers = [200, 401];
    const body = { object: 'whatsapp_business_account', entry: [] };
    const good = await control('POST', 'webhooks', { appId: APP_ID, body });
    await control('POST', 'webhooks', { appId: APP_ID, body, signature: 'bad' });
    expect(good.body['answers']).toMatchObject([{ status: 200 }]);
    expect(receiver.received[0]?.signature).not.toBe(receiver.received[1]?.signature);
    expect(receiver.received[0]?.bytes).toEqual(receiver.received[1]?.bytes);
  });

  async function callbacks(): Promise<Json[]> {
    return (await control('GET', 'receiver')).body['callbacks'] as Json[];
  }
});
