import type { Json } from '../support/rest-client.js';
import { APP, NUMBER, SimulatedMeta, TOKEN, WABA } from '../support/simulated-meta.js';
import { CUSTOMER, SimulatedSends, wamidOf } from '../support/simulated-sends.js';

const HOUR_MS = 60 * 60 * 1000;

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly requestBody?: Json;
  readonly responses: Record<string, { content?: Record<string, { schema?: Json }> }>;
}

describe("the simulator's control API", () => {
  let meta: SimulatedMeta;
  let sends: SimulatedSends;

  beforeAll(async () => {
    meta = await SimulatedMeta.start();
    sends = new SimulatedSends(meta);
  });

  afterAll(() => meta.stop());

  beforeEach(() => sends.reset());

  const templates = async (): Promise<Json[]> =>
    (await meta.control<{ templates: Json[] }>('GET', `/accounts/${WABA}`)).templates;
  const templateId = async (): Promise<string> => String((await templates())[0]?.['id']);

  it('is described in full at /docs', async () => {
    const document = (await (await fetch(`${meta.url}/docs/openapi.json`)).json()) as { paths: Record<string, Record<string, Operation>> };
    expect((await fetch(`${meta.url}/docs`)).headers.get('content-type')).toContain('text/html');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(40);
    expect(operations.filter(({ name }) => !name.includes('/control/'))).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { name, summary, responses } of operations) {
      expect([name, summary]).toEqual([name, expect.any(String)]);
      const [[status, answer] = ['', undefined]] = Object.entries(responses).filter(([code]) => code.startsWith('2'));
      const isDescribed = status === '204' || answer?.content !== undefined || name === 'get /control/stream';
      expect([name, isDescribed]).toEqual([name, true]);
    }
  });

  describe('triggers', () => {
    it('every event that it names, each of which tells the app something', async () => {
      const { events } = await meta.control<{ events: { name: string; description: string }[] }>('GET', '/events');
      expect(events.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['template-approved', 'quality-drop', 'account-restricted', 'name-approved', 'security', 'history']),
      );
      for (const { name } of events) {
        await sends.reset();
        await meta.control('POST', '/trigger', { event: name, customer: CUSTOMER });
        await sends.settled();
        expect([name, meta.told.length > 0]).toEqual([name, true]);
      }
    });

    it('chunks of a history out of order, and nothing else', async () => {
      await meta.control('POST', '/trigger', { event: 'history' });
      const chunks = (await meta.toldOf('history', 6)).flatMap((value) => value['history'] as { metadata: Json }[]);
      const places = chunks.map(({ metadata }) => `${String(metadata['phase'])}.${String(metadata['chunk_order'])}`);
      expect(places.toSorted()).toEqual(['0.1', '0.2', '1.1', '1.2', '2.1', '2.2']);
      expect(places).not.toEqual(places.toSorted());
    });

    it('what is asked for about whom is asked for, with what is laid over it', async () => {
      const answer = await meta.control('POST', '/trigger', {
        event: 'name-rejected',
        phoneNumberId: NUMBER,
        reason: 'NAME_EMPLOYEE_ISSUE',
        value: { requested_verified_name: 'Another' },
      });
      expect(answer).toMatchObject({ event: 'name-rejected', phoneNumberId: NUMBER, wabaId: WABA });
      expect(await meta.toldOf('phone_number_name_update')).toEqual([
        {
          display_phone_number: '15550783881',
          decision: 'REJECTED',
          requested_verified_name: 'Another',
          rejection_reason: 'NAME_EMPLOYEE_ISSUE',
        },
      ]);
    });

    it('changes at Meta, too: a restricted account no longer sends', async () => {
      await meta.control('POST', '/trigger', { event: 'account-restricted' });
      expect((await sends.send()).status).toBe(403);
      await meta.control('POST', '/trigger', { event: 'account-reinstated' });
      expect((await sends.send()).status).toBe(200);
    });

    it('refuses an event that there is not, and one that has nothing to be about', async () => {
      await expect(meta.control('POST', '/trigger', { event: 'nonsense' })).rejects.toThrow('event.not_found');
      await meta.control('POST', '/reset');
      await expect(meta.control('POST', '/trigger', { event: 'security' })).rejects.toThrow('number.missing');
    });
  });

  it('reviews templates: a pause ends by the clock, and the third one disables', async () => {
    const id = await templateId();
    const review = async (verdict: string): Promise<unknown> =>
      (await meta.control('POST', `/templates/${id}/review`, { verdict }))['status'];
    const status = async (): Promise<unknown> => (await meta.control('GET', `/templates/${id}`))['status'];
    expect(await review('PAUSED')).toBe('PAUSED');
    await meta.control('POST', '/clock/advance', { byMs: 3 * HOUR_MS });
    expect(await status()).toBe('APPROVED');
    expect([await review('PAUSED'), await review('PAUSED')]).toEqual(['PAUSED', 'DISABLED']);
    expect((await meta.toldOf('message_template_status_update', 4)).map(({ event }) => event)).toEqual([
      'PAUSED',
      'APPROVED',
      'PAUSED',
      'DISABLED',
    ]);
    await expect(meta.control('POST', '/templates/1/review', { verdict: 'PAUSED' })).rejects.toThrow('template.not_found');
  });

  it('plays Meta towards a number: quality, throughput, a display name under review', async () => {
    const change = (body: Json): Promise<Json> => meta.control('PUT', `/numbers/${NUMBER}`, body);
    expect(await change({ qualityRating: 'RED' })).toMatchObject({ qualityRating: 'RED', status: 'FLAGGED' });
    expect(await change({ qualityRating: 'GREEN' })).toMatchObject({ status: 'CONNECTED' });
    expect(await change({ throughputLevel: 'HIGH' })).toMatchObject({ throughputLevel: 'HIGH' });
    const quality = await meta.toldOf('phone_number_quality_update', 3);
    expect(quality.map(({ event }) => event)).toEqual(['FLAGGED', 'UNFLAGGED', 'THROUGHPUT_UPGRADE']);
    await expect(change({ name: 'APPROVED' })).rejects.toThrow('name.missing');
    await meta.graph('POST', NUMBER, { body: { new_display_name: 'Trattoria Sole' } });
    expect(await change({ name: 'APPROVED' })).toMatchObject({ verifiedName: 'Trattoria Sole' });
    expect(await change({ status: 'DISCONNECTED' })).toMatchObject({ status: 'DISCONNECTED' });
    expect((await sends.send()).body).toMatchObject({ error: { code: 133010 } });
  });

  it('makes a code for the embedded signup, good once and for its time, whose token opens the account', async () => {
    const make = (body: Json = {}): Promise<Json> => meta.control('POST', `/accounts/${WABA}/codes`, body);
    const redeem = async (code: unknown): Promise<Json> => {
      const query = new URLSearchParams({ client_id: APP.appId, client_secret: APP.appSecret, code: String(code) });
      return (await meta.graph('GET', `oauth/access_token?${query.toString()}`)).body;
    };
    const issued = await make();
    expect(issued).toMatchObject({ appId: APP.appId, wabaId: WABA, phoneNumberId: NUMBER });
    const { access_token: token } = await redeem(issued['code']);
    const { status } = await meta.graph('GET', `${WABA}?fields=id`, { key: String(token) });
    expect(status).toBe(200);
    expect(await redeem(issued['code'])).toHaveProperty('error');
    const late = await make({ codeLifetimeSeconds: 30 });
    await meta.control('POST', '/clock/advance', { byMs: 31_000 });
    expect(await redeem(late['code'])).toHaveProperty('error');
    await meta.control('POST', '/tokens/revoke', { token, state: 'APP_REMOVED' });
    expect((await meta.graph('GET', `${WABA}?fields=id`, { key: String(token) })).status).toBe(401);
  });

  it('keeps a ledger of what was accepted, in pages, and says what it had to forget', async () => {
    await meta.control('PUT', '/settings', { statuses: false, ledgerCapacity: 1000, pairLimit: false, throughputLimit: false });
    const opaque = (at: number): Json => ({ biz_opaque_callback_data: `attempt-${at}` });
    for (let sent = 0; sent < 1050; sent += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, at) => sends.send(opaque(sent + at))));
    }
    const found: unknown[] = [];
    let after: unknown = 0;
    let forgotten: unknown;
    while (after !== null) {
      const page: Json = await meta.control('GET', `/ledger?after=${String(after)}&limit=300`);
      found.push(...(page['entries'] as Json[]).map(({ biz_opaque_callback_data: id }) => id));
      ({ next: after, forgotten } = page as { next: unknown; forgotten: unknown });
    }
    expect(Number(forgotten)).toBeGreaterThan(0);
    expect(found.length + Number(forgotten)).toBe(1050);
    expect(new Set(found).size).toBe(found.length);
    const [entry] = (await meta.control<{ entries: Json[] }>('GET', '/ledger?opaque=attempt-1049')).entries;
    expect(entry).toMatchObject({ phoneNumberId: NUMBER, recipient: CUSTOMER.slice(1), at: expect.any(Number) as number });
  });

  it('lets time pass at once, statuses and windows with it', async () => {
    await meta.control('PUT', '/settings', { statusDelaysMs: { sent: 60_000, delivered: 60_000, read: 60_000 } });
    const wamid = wamidOf(await sends.send());
    const { nowMs: before } = await meta.control<{ nowMs: number }>('GET', '/clock');
    const { nowMs } = await meta.control<{ nowMs: number }>('POST', '/clock/advance', { byMs: 120_000 });
    expect(nowMs - before).toBeGreaterThanOrEqual(120_000);
    await sends.until(wamid, ['sent', 'delivered']);
    const [sent, delivered] = sends.statuses.map(({ timestamp }) => Number(timestamp));
    expect((delivered ?? 0) - (sent ?? 0)).toBe(60);
  });

  it('never shows a token, and refuses what it does not know', async () => {
    expect(JSON.stringify(await meta.control('GET', '/accounts'))).not.toContain(TOKEN);
    await expect(meta.control('PUT', '/settings', { pairBursts: 1 })).rejects.toThrow('pairBursts');
    await expect(meta.control('GET', `/customers/nobody/chat?number=${NUMBER}`)).rejects.toThrow('phone.invalid');
    await expect(meta.control('GET', '/customers/40721000001/chat?number=1')).rejects.toThrow('number.not_found');
  });
});
