import { createServer, type AddressInfo, type Server } from 'node:net';
import pg from 'pg';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { TestMeta, type MetaAccount } from '../support/meta.js';

const PUBLIC_URL = 'https://parley.example.com';
const APP = { appId: '1001', appSecret: 'shh', verifyToken: 'prove', skipHandshake: true };

interface Finding {
  name: string;
  status: string;
  summary: string;
  meta: string | null;
  whatToDo: string | null;
}

describe('the doctor', () => {
  let api: TestApi;
  let meta: TestMeta;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    meta = await TestMeta.start();
    await meta.control('POST', 'apps', { ...APP, callbackUrl: `${PUBLIC_URL}/webhooks/whatsapp` });
    api = await TestApi.start({ GRAPH_URL: meta.url, META_APP_ID: '1001', META_APP_SECRETS: 'shh', PUBLIC_URL });
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
    await meta.stop();
  });

  type Connected = MetaAccount & { id: string };

  async function connected(account: object = {}, number: object = {}): Promise<Connected> {
    const made = await meta.account(account as Record<string, unknown>, number as Record<string, unknown>);
    const { status, body } = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body: made });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return { ...made, id: String(body['id']) };
  }

  const call = (method: 'GET' | 'POST', { id }: Connected, path: string, body?: object, tenant = own): Promise<Answer> =>
    api.call(method, `/v1/numbers/${id}/${path}`, { bearer: tenant.apiKey, ...(body && { body }) });

  async function diagnose(number: Connected): Promise<{ status: string; of: Record<string, Finding>; text: string }> {
    const { status, body, text } = await call('GET', number, 'doctor');
    expect(status).toBe(200);
    return { status: String(body['status']), of: Object.fromEntries((body['checks'] as Finding[]).map((finding) => [finding.name, finding])), text };
  }

  /** Changes the account at Meta after it was connected. */
  const change = ({ wabaId, phoneNumberId, accessToken }: Connected, account: object, number: object = {}): Promise<unknown> =>
    meta.control('POST', 'accounts', {
      wabaId, name: 'Trattoria', token: accessToken, ...account,
      numbers: [{ id: phoneNumberId, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'Trattoria', ...number }],
    });

  const set = ({ id }: Connected, columns: string): Promise<unknown> => database.query(`UPDATE phone_numbers SET ${columns} WHERE id = $1`, [id]);

  it('finds nothing wrong with a number that is well', async () => {
    const number = await connected();
    await set(number, 'last_webhook_at = now()');
    const { status, of } = await diagnose(number);
    expect(Object.values(of).filter((finding) => finding.status !== 'ok')).toEqual([]);
    expect(Object.keys(of)).toHaveLength(17);
    expect(status).toBe('ok');
    expect(of['registration']?.meta).toContain('status CONNECTED');
  });

  it.each([
    ['an expired token', 'token', 'fail', { tokenState: 'EXPIRED' }, {}, 'code 190'],
    ['a token without the right to send', 'scopes', 'fail', { scopes: ['whatsapp_business_management'] }, {}, null],
    ['a token that ends soon', 'token-expiry', 'warn', { tokenExpiresAt: Math.floor(Date.now() / 1_000) + 3 * 86_400 }, {}, null],
    ['an account that was rejected', 'account', 'fail', { reviewStatus: 'REJECTED' }, {}, 'account_review_status REJECTED'],
    ['a number that is not registered', 'registration', 'fail', {}, { status: 'DISCONNECTED' }, 'status DISCONNECTED'],
    ['a number that Meta banned', 'registration', 'fail', {}, { status: 'BANNED' }, 'status BANNED'],
    ['a bad quality', 'quality', 'fail', {}, { qualityRating: 'RED' }, 'quality_rating RED'],
    ['a falling quality', 'quality', 'warn', {}, { qualityRating: 'YELLOW' }, 'quality_rating YELLOW'],
    ['a throughput that is not known here', 'throughput', 'warn', {}, { throughputLevel: 'HIGH' }, 'throughput HIGH'],
    ['a low limit', 'messaging-limit', 'warn', { messagingLimit: 'TIER_250' }, {}, 'TIER_250'],
    ['no way to pay', 'payment', 'fail', { canPay: false }, {}, '141006'],
  ])('finds %s', async (_, name, status, account, changed, words) => {
    const number = await connected();
    await change(number, account, changed);
    const { status: overall, of, text } = await diagnose(number);
    expect(of[name]).toMatchObject({ status, whatToDo: expect.any(String) as unknown });
    if (words !== null) expect(of[name]?.meta).toContain(words);
    expect(['warn', 'fail']).toContain(overall);
    expect(text).not.toContain(number.accessToken);
  });

  it('finds a number that left its account', async () => {
    const number = await connected();
    await set(number, `graph_id = '77${number.phoneNumberId}'`);
    expect((await diagnose(number)).of['number']).toMatchObject({ status: 'fail', whatToDo: expect.any(String) as unknown });
  });

  it('finds an account whose webhooks nobody gets', async () => {
    const number = await connected();
    await fetch(`${meta.url}/v25.0/${number.wabaId}/subscribed_apps`, { method: 'DELETE', headers: { authorization: `Bearer ${number.accessToken}` } });
    expect((await diagnose(number)).of['subscription']).toMatchObject({ status: 'fail' });
  });

  it('finds webhooks that go elsewhere', async () => {
    const number = await connected();
    await meta.control('POST', 'apps', { ...APP, callbackUrl: 'https://elsewhere.example.com/hook' });
    try {
      expect((await diagnose(number)).of['callback']).toMatchObject({ status: 'fail', meta: 'https://elsewhere.example.com/hook' });
      // An address that only begins like ours is not ours.
      await meta.control('POST', 'apps', { ...APP, callbackUrl: `${PUBLIC_URL}/webhooks/whatsappish` });
      expect((await diagnose(number)).of['callback']).toMatchObject({ status: 'fail' });
    } finally {
      await meta.control('POST', 'apps', { ...APP, callbackUrl: `${PUBLIC_URL}/webhooks/whatsapp` });
    }
  });

  it('finds what is known here: pauses, bans, missing templates, silence', async () => {
    const number = await connected({ templates: [] });
    await database.query(
      `INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor) SELECT tenant_id, 'number', id, 'credential', 'credential.invalid', 'spec' FROM phone_numbers WHERE id = $1`,
      [number.id],
    );
    await database.query(`UPDATE accounts SET state = 'DISABLED', state_reason = 'account.disabled' WHERE waba_id = $1`, [number.wabaId]);
    const { of } = await diagnose(number);
    expect(of['pause']).toMatchObject({ status: 'fail' });
    expect(of['account']).toMatchObject({ status: 'fail', meta: 'account.disabled' });
    expect(of['templates']).toMatchObject({ status: 'warn' });
    expect(of['webhooks']).toMatchObject({ status: 'warn', whatToDo: expect.stringContaining('canary') as unknown });
    await set(number, `last_webhook_at = now() - interval '2 days'`);
    expect((await diagnose(number)).of['webhooks']).toMatchObject({ status: 'warn' });
  });

  it('says of each question that got no answer that it is unknown, in time, and never fails itself', async () => {
    const silent: Server = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const lonely = await TestApi.start({ GRAPH_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, PUBLIC_URL });
    try {
      const number = await connected();
      const started = performance.now();
      const { status, body } = await lonely.call('GET', `/v1/numbers/${number.id}/doctor`, { bearer: own.apiKey });
      expect(performance.now() - started).toBeLessThan(8_000);
      expect([status, body['status']]).toEqual([200, 'warn']);
      const asked = (body['checks'] as Finding[]).filter(({ name }) => !['templates', 'pause', 'webhooks'].includes(name));
      expect(new Set(asked.map((finding) => finding.status))).toEqual(new Set(['unknown']));
    } finally {
      await lonely.stop();
      silent.close();
    }
  }, 20_000);

  it('sees no number of another tenant, as little as its canary', async () => {
    const number = await connected();
    for (const [method, path] of [['GET', 'doctor'], ['GET', 'canary'], ['POST', 'canary']] as const) {
      const answer = await call(method, number, path, method === 'POST' ? {} : undefined, other);
      expect([path, answer.status, answer.body['code']]).toEqual([path, 404, 'resource.not-found']);
    }
  });

  describe('with a canary', () => {
    it('of a template leaves none behind at Meta, and is seen when its webhook came', async () => {
      const number = await connected();
      expect((await call('GET', number, 'canary')).status).toBe(404);
      const sent = await call('POST', number, 'canary', {});
      expect(sent).toMatchObject({ status: 202, body: { kind: 'template', state: 'WAITING', seenAt: null, messageId: null } });
      const accounts = (await meta.control('GET', 'accounts')) as { wabaId: string; templates: { name: string }[] }[];
      expect(accounts.find(({ wabaId }) => wabaId === number.wabaId)?.templates.map(({ name }) => name)).toEqual(['order_confirmation']);
      expect((await diagnose(number)).of['webhooks']).toMatchObject({ status: 'unknown' });
      await database.query(`UPDATE canaries SET seen_at = started_at + interval '1234 milliseconds' WHERE id = $1`, [sent.body['id']]);
      expect(await call('GET', number, 'canary')).toMatchObject({ status: 200, body: { state: 'SEEN', tookMs: 1_234 } });
      expect((await diagnose(number)).of['webhooks']).toMatchObject({ status: 'ok' });
    });

    it('that nothing came after is a failure, with what to look at', async () => {
      const number = await connected();
      const { body } = await call('POST', number, 'canary', {});
      await database.query(`UPDATE canaries SET started_at = now() - interval '6 minutes' WHERE id = $1`, [body['id']]);
      expect(await call('GET', number, 'canary')).toMatchObject({ body: { state: 'LATE' } });
      expect((await diagnose(number)).of['webhooks']).toMatchObject({ status: 'fail', whatToDo: expect.stringContaining('callback') as unknown });
    });

    it('to somebody passes the checks of every message, and is seen by its first status', async () => {
      const number = await connected();
      const to = '+40723000456';
      const template = { name: 'order_confirmation', language: 'en_US', parameters: { body: ['Ana', 'A-1'] } };
      expect(await call('POST', number, 'canary', { to, template })).toMatchObject({ status: 422, body: { code: 'consent.missing' } });
      await api.call('POST', '/v1/consents', { bearer: own.apiKey, body: { phone: to, purpose: 'utility', status: 'GRANTED', source: 'form' } });
      const sent = await call('POST', number, 'canary', { to, template });
      expect(sent).toMatchObject({ status: 202, body: { kind: 'message', state: 'WAITING', messageId: expect.any(String) as unknown } });
      await database.query(
        `INSERT INTO message_events (tenant_id, message_id, type, at) SELECT tenant_id, message_id, 'sent', started_at + interval '2 seconds' FROM canaries WHERE id = $1`,
        [sent.body['id']],
      );
      expect(await call('GET', number, 'canary')).toMatchObject({ body: { state: 'SEEN', tookMs: 2_000 } });
    });

    it('writes to nobody for a key that may not write to anybody', async () => {
      const number = await connected();
      const made = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body: { name: 'doctor', scopes: ['numbers:read', 'numbers:write'] } });
      const bearer = String(made.body['key']);
      const answer = await api.call('POST', `/v1/numbers/${number.id}/canary`, { bearer, body: { to: '+40723000456' } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
    });

    it('that Meta refuses is told with its words, and leaves no trace', async () => {
      const number = await connected();
      await change(number, { tokenState: 'EXPIRED' });
      expect(await call('POST', number, 'canary', {})).toMatchObject({ status: 422, body: { code: 'credential.invalid', meta: { graphCode: 190, traceId: expect.any(String) as unknown } } });
      expect((await call('GET', number, 'canary')).status).toBe(404);
    });
  });
});
