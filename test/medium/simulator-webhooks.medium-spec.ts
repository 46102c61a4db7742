import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support/rest-client.js';
import { APP, NUMBER, SimulatedMeta, WABA } from '../support/simulated-meta.js';
import { SimulatedSends, wamidOf } from '../support/simulated-sends.js';
import { waitFor } from '../support/wait-for.js';

const COPIES = 100;
const WRITTEN = 25;
const MEGABYTE = 1024 * 1024;

describe("the simulator's webhooks", () => {
  let meta: SimulatedMeta;
  let sends: SimulatedSends;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
    sends = new SimulatedSends(meta);
  });

  afterAll(() => meta.stop());

  beforeEach(() => sends.reset());

  const settings = (changes: Json): Promise<Json> => meta.control('PUT', '/settings', changes);
  const override = (path: string): Json => ({
    override_callback_uri: `${meta.callbackUrl}/${path}`,
    verify_token: APP.verifyToken,
  });

  it('go to the callback of the number, else of the account, else of the app; other fields always to the app', async () => {
    const pathOf = async (text: string): Promise<string | undefined> => {
      await sends.customerWrites({ text });
      const isIt = ({ value }: { value: Json }): boolean => JSON.stringify(value).includes(text);
      await waitFor(() => meta.told.some(isIt));
      return meta.told.find(isIt)?.path;
    };
    expect(await pathOf('one')).toBe('/app');
    await meta.graph('POST', `${WABA}/subscribed_apps`, { body: override('account') });
    expect(await pathOf('two')).toBe('/account');
    await meta.graph('POST', NUMBER, { body: { webhook_configuration: override('number') } });
    expect(await pathOf('three')).toBe('/number');
    await meta.control('POST', '/trigger', { event: 'account-alert' });
    await meta.control('POST', '/trigger', { event: 'message-echo' });
    await waitFor(() => meta.told.length === 5);
    expect(meta.told.slice(3).map(({ field, path }) => [field, path])).toEqual([
      ['account_alerts', '/app'],
      ['smb_message_echoes', '/app'],
    ]);
    await meta.graph('POST', NUMBER, { body: { webhook_configuration: { override_callback_uri: '' } } });
    await meta.graph('POST', `${WABA}/subscribed_apps`);
    expect(await pathOf('four')).toBe('/app');
  });

  it('tell how a message was charged: on sent, and on one of delivered and read', async () => {
    await settings({ conversationObjects: true, statusContacts: true });
    await sends.customerWrites();
    const template = wamidOf(await sends.send({}, 'summer'));
    const skipped = wamidOf(await sends.send({ to: '+15550199017' }));
    await sends.until(template, ['sent', 'delivered', 'read']);
    await sends.until(skipped, ['sent', 'read']);
    const priced = (wamid: string): string[] =>
      sends.statuses.filter(({ id, pricing }) => id === wamid && pricing !== undefined).map(({ status }) => status);
    expect([priced(template), priced(skipped)]).toEqual([['sent', 'delivered'], ['sent', 'read']]);
    const [sent, delivered] = sends.statuses.filter(({ id }) => id === template);
    expect(sent).toMatchObject({
      pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'marketing' },
      conversation: { id: expect.any(String) as string, expiration_timestamp: expect.any(String) as string, origin: { type: 'marketing' } },
    });
    expect(delivered?.['conversation']).not.toHaveProperty('expiration_timestamp');
    const values = meta.told.map(({ value }) => value).filter((value) => value['statuses'] !== undefined);
    expect(values.every((value) => (value['contacts'] as Json[]).length === 1)).toBe(true);
  });

  it('say that a voice note was played, and of a reaction only that it was sent', async () => {
    await settings({ playedShare: 1 });
    const received = await sends.customerWrites();
    const audio = { id: await meta.upload('OggS', 'audio/ogg'), voice: true };
    const voice = wamidOf(await sends.text({ type: 'audio', audio }));
    const reaction = wamidOf(await sends.text({ type: 'reaction', reaction: { message_id: received, emoji: '👍' } }));
    await sends.until(voice, ['sent', 'delivered', 'read', 'played']);
    expect(sends.of(reaction)).toEqual(['sent']);
  });

  describe('to a receiver that is slow', () => {
    const bodies: Buffer[] = [];
    let receiver: Server;
    let release: () => void;

    beforeEach(async () => {
      bodies.length = 0;
      const gate = Promise.withResolvers<void>();
      release = gate.resolve;
      receiver = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          bodies.push(Buffer.concat(chunks));
          void gate.promise.then(() => response.writeHead(200).end());
        });
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
      await meta.control('POST', '/apps', { ...APP, callbackUrl, skipHandshake: true });
      await settings({ webhookBatchMax: 1000, statuses: false });
    });

    afterEach(async () => {
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    });

    it('come in batches of at most 1,000 updates, several at once, and none is lost', async () => {
      await settings({ webhookConcurrency: 2, duplicates: COPIES - 1 });
      for (let written = 0; written < WRITTEN; written += 1) await sends.customerWrites({ text: 'x' });
      await waitFor(() => bodies.length === 2);
      release();
      const counts = (): number[] => bodies.map((body) => body.toString().split('"type":"text"').length - 1);
      await waitFor(() => counts().reduce((sum, count) => sum + count, 0) === WRITTEN * COPIES);
      expect(Math.max(...counts())).toBe(1000);
      expect(counts().slice(0, 2)).toEqual([1, 1]);
    });

    it('are never larger than 3 MB', async () => {
      await settings({ webhookConcurrency: 1 });
      const text = 'x'.repeat(60_000);
      for (let written = 0; written < 101; written += 1) await sends.customerWrites({ text });
      release();
      await waitFor(() => bodies.reduce((sum, { length }) => sum + length, 0) > 101 * text.length);
      expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThanOrEqual(3 * MEGABYTE);
      expect(bodies.length).toBeLessThan(6);
    });
  });

  it('are sent again for 7 days, compressed, and then given up; figures say how the receiver did', async () => {
    await meta.control('POST', '/apps', { ...APP, callbackUrl: 'http://127.0.0.1:9', skipHandshake: true });
    await settings({ webhookRetryDelaysMs: null, webhookRetryFactor: 10_000_000 });
    await sends.customerWrites();
    const figures = async (): Promise<Json> => {
      const { callbacks } = await meta.control<{ callbacks: Json[] }>('GET', '/receiver');
      return callbacks.find(({ callbackUrl }) => callbackUrl === 'http://127.0.0.1:9') ?? {};
    };
    await waitFor(async () => (await figures())['givenUp'] === 1);
    const { requests, updates, succeeded, retried, answers, shareAbove250Ms } = await figures();
    expect(Number(requests)).toBeGreaterThan(20);
    expect({ updates, succeeded, retried, answers, shareAbove250Ms }).toEqual({
      updates: 1,
      succeeded: 0,
      retried: Number(requests) - 1,
      answers: { none: requests },
      shareAbove250Ms: 0,
    });
  });

  it('take the same course from the same seed and the same calls', async () => {
    const course = async (seed: number): Promise<unknown> => {
      await sends.reset();
      await meta.control('POST', '/reset', { keepAccounts: true, seed });
      await settings({ webhookConcurrency: 1, webhookBatchMax: 1, readShare: 0.5, webhookDropShare: 0.1, shuffle: true });
      await meta.control('POST', '/faults', { kind: 'error', code: 131000, share: 0.2, count: 1000 });
      meta.told.length = 0;
      const answers: unknown[] = [];
      for (let at = 0; at < 20; at += 1) {
        const { status, body } = await sends.send({ to: `+4072200000${at}` });
        answers.push([status, body['messages']]);
      }
      await meta.control('POST', '/clock/advance', { byMs: 60_000 });
      const { entries } = await meta.control<{ entries: Json[] }>('GET', '/ledger');
      return [answers, entries.map(({ wamid, statuses }) => [wamid, statuses])];
    };
    const first = await course(11);
    expect(await course(11)).toEqual(first);
    expect(await course(12)).not.toEqual(first);
  });
});
