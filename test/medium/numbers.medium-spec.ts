import pg from 'pg';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { TestMeta, type MetaAccount } from '../support/meta.js';

describe('numbers', () => {
  let api: TestApi;
  let meta: TestMeta;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    meta = await TestMeta.start();
    api = await TestApi.start({ GRAPH_URL: meta.url });
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
    await meta.stop();
  });

  const connect = (tenant: TestTenant, account: MetaAccount): Promise<Answer> =>
    api.call('POST', '/v1/numbers', { bearer: tenant.apiKey, body: account });

  it('are connected with what Meta says of them, their templates and the subscription', async () => {
    const account = await meta.account({}, { throughputLevel: 'HIGH', qualityRating: 'GREEN' });
    const answer = await connect(own, account);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        phoneNumberId: account.phoneNumberId,
        displayPhoneNumber: '+40 21 555 0100',
        verifiedName: 'Trattoria',
        status: 'CONNECTED',
        quality: 'GREEN',
        throughput: { level: 'HIGH', perSecond: 1_000 },
        tier: 'TIER_2K',
        account: { wabaId: account.wabaId, name: 'Trattoria', tokenVersion: 1 },
        templates: { synced: 1, added: 1, changed: 0, removed: 0 },
      },
    });
    const accounts = (await meta.control('GET', 'accounts')) as { wabaId: string; subscribedApps: string[] }[];
    expect(accounts.find(({ wabaId }) => wabaId === account.wabaId)?.subscribedApps).toEqual(['1001']);
    const seen = await api.call('GET', `/v1/numbers/${answer.body['id']}`, { bearer: own.apiKey });
    const { templates: _, ...number } = answer.body;
    expect(seen).toMatchObject({ status: 200, body: number });
    const list = await api.call('GET', '/v1/numbers', { bearer: own.apiKey });
    expect(list.body['data']).toContainEqual(number);
  });

  it('keep the fixed throughput of a number beside the Business app', async () => {
    const { body } = await connect(own, await meta.account({}, { throughputLevel: 'COEXISTENCE' }));
    expect(body).toMatchObject({ throughput: { level: 'STANDARD', perSecond: 20 } });
  });

  it('are refreshed with a new version of the token when they are connected again, also five times at once', async () => {
    const account = await meta.account();
    const first = await connect(own, account);
    const again = await Promise.all(Array.from({ length: 5 }, () => connect(own, account)));
    expect(again.map(({ status, body }) => [status, body['id']])).toEqual(Array.from({ length: 5 }, () => [200, first.body['id']]));
    const versions = again.map(({ body }) => (body['account'] as { tokenVersion: number }).tokenVersion);
    // Each shows the number as it stands when it answers, by when another one may have come through.
    expect(versions.every((version) => version >= 2)).toBe(true);
    expect(Math.max(...versions)).toBe(6);
  });

  it('belong to one tenant only, and the other does not learn to whom', async () => {
    const account = await meta.account();
    expect((await connect(own, account)).status).toBe(201);
    const refused = await connect(other, account);
    expect(refused).toMatchObject({ status: 409, body: { code: 'number.taken' } });
    expect(refused.text).not.toContain(own.id);
    expect((await api.call('GET', '/v1/numbers', { bearer: other.apiKey })).body).toMatchObject({ data: [] });
  });

  it('go to one of two tenants that connect them at the same time', async () => {
    const account = await meta.account();
    const answers = await Promise.all([connect(own, account), connect(other, account)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('of others are as missing as those that never were', async () => {
    const id = String((await connect(own, await meta.account())).body['id']);
    const missing = '0199a1b2-0000-7000-8000-00000000dead';
    const routes = [['GET', ''], ['POST', '/sync-templates'], ['PUT', '/token']] as const;
    for (const [method, rest] of routes) {
      const body = method === 'PUT' ? { body: { accessToken: 'EAAx' } } : {};
      const [foreign, none, malformed] = await Promise.all(
        [id, missing, 'x'].map((one) => api.call(method, `/v1/numbers/${one}${rest}`, { bearer: other.apiKey, ...body })),
      );
      const { requestId: _a, ...ofForeign } = foreign!.body;
      const { requestId: _b, ...ofNone } = none!.body;
      const { requestId: _c, ...ofMalformed } = malformed!.body;
      expect(foreign!.status).toBe(404);
      expect([ofNone, ofMalformed]).toEqual([ofForeign, ofForeign]);
    }
  });

  it.each([
    ['an unknown token', {}, { accessToken: 'EAAunknown' }, 'credential.invalid', { graphCode: 190, traceId: expect.any(String) as unknown }],
    ['an expired token', { tokenState: 'EXPIRED' }, {}, 'credential.invalid', { graphCode: 190, graphSubcode: 463 }],
    ['a token without the right to send', { scopes: ['whatsapp_business_management'] }, {}, 'credential.invalid', undefined],
    ['a number that the account has not got', {}, { phoneNumberId: '42' }, 'number.mismatch', undefined],
    ['an account that the token may not use', {}, { wabaId: '42' }, 'number.mismatch', undefined],
  ])('are refused with the cause for %s', async (_, changes, claim, code, said) => {
    const account = await meta.account(changes);
    const answer = await connect(own, { ...account, ...claim });
    expect(answer).toMatchObject({ status: 422, body: { code, ...(said && { meta: said }) } });
    expect(answer.text).not.toContain('accessToken' in claim ? claim.accessToken : account.accessToken);
  });

  it('are not refused for good while Meta is away', async () => {
    const lonely = await TestApi.start({ GRAPH_URL: 'http://127.0.0.1:9', AUTH_CACHE_SECONDS: '1' });
    try {
      const answer = await lonely.call('POST', '/v1/numbers', { bearer: own.apiKey, body: { wabaId: '1', phoneNumberId: '2', accessToken: 'EAA' } });
      expect(answer).toMatchObject({ status: 502, body: { code: 'graph.unavailable', retryable: true } });
    } finally {
      await lonely.stop();
    }
  });

  it.each([
    [{ phoneNumberId: '../me', wabaId: '1', accessToken: 'x' }, '/phoneNumberId'],
    [{ phoneNumberId: '1', wabaId: '', accessToken: 'x' }, '/wabaId'],
    [{ phoneNumberId: '1', wabaId: '1', accessToken: 'x\r\ny' }, '/accessToken'],
    [{ phoneNumberId: '1', wabaId: '1' }, '/accessToken'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'request.invalid', errors: [{ pointer }] } });
  });

  it('never show or store a token in the clear', async () => {
    const account = await meta.account();
    const { text, body } = await connect(own, account);
    const { rows } = await database.query<{ row: string }>('SELECT a::text AS row FROM accounts a WHERE waba_id = $1', [account.wabaId]);
    expect(rows).toHaveLength(1);
    const list = await api.call('GET', '/v1/numbers', { bearer: own.apiKey });
    const sync = await api.call('POST', `/v1/numbers/${body['id']}/sync-templates`, { bearer: own.apiKey });
    expect(sync.status).toBe(200);
    for (const shown of [text, rows[0]!.row, list.text, sync.text]) expect(shown).not.toContain(account.accessToken);
  });

  it('take a new token that Meta accepts, and only such a one', async () => {
    const account = await meta.account();
    const id = String((await connect(own, account)).body['id']);
    const rotate = (accessToken: string) => api.call('PUT', `/v1/numbers/${id}/token`, { bearer: own.apiKey, body: { accessToken } });
    expect(await rotate('EAAwrong')).toMatchObject({ status: 422, body: { code: 'credential.invalid' } });
    await meta.control('POST', 'accounts', {
      wabaId: account.wabaId, name: 'Trattoria', token: 'EAAnext', templates: [],
      numbers: [{ id: account.phoneNumberId, displayPhoneNumber: '+40 21 555 0100', verifiedName: 'Trattoria' }],
    });
    expect(await rotate('EAAnext')).toMatchObject({ status: 200, body: { id, account: { tokenVersion: 2 } } });
    // The stored token is the new one now: a call with it works.
    expect((await api.call('POST', `/v1/numbers/${id}/sync-templates`, { bearer: own.apiKey })).status).toBe(200);
  });

  it('go on by a new token when the old one had paused them, and only then', async () => {
    const [refused, noisy] = [await meta.account(), await meta.account()];
    const ids = [await connect(own, refused), await connect(own, noisy)].map(({ body }) => String(body['id']));
    const hold = `INSERT INTO holds (tenant_id, scope, scope_id, cause, reason, actor) VALUES ($1, 'number', $2, $3, $4, 'spec')`;
    await database.query(hold, [own.id, ids[0], 'credential', 'credential.invalid']);
    await database.query(hold, [own.id, ids[1], 'throttle', 'throttled']);
    const waiting = `
      WITH contact AS (INSERT INTO contacts (tenant_id) VALUES ($1) RETURNING id)
      INSERT INTO messages (tenant_id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, state, wait_cause,
                            wait_until, reason)
      SELECT $1, $2, id, 'OUTBOUND', 'app', 'text', '{}', '{}', 'x', 'WAITING', 'retry', now() + interval '1 hour', $3 FROM contact`;
    for (const [at, id] of ids.entries()) await database.query(waiting, [own.id, id, at === 0 ? 'credential.invalid' : 'meta.130429']);
    const answers = [await connect(own, refused), await connect(own, noisy)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const paused = await Promise.all(ids.map((id) => api.call('GET', `/v1/numbers/${id}`, { bearer: own.apiKey })));
    expect(paused.map(({ body }) => body['holds'])).toMatchObject([[], [{ scope: 'number', cause: 'throttle', reason: 'throttled' }]]);
    const due = 'SELECT wait_until <= now() AS due FROM messages WHERE phone_number_id = $1';
    const isDue = await Promise.all(ids.map(async (id) => (await database.query<{ due: boolean }>(due, [id])).rows));
    expect(isDue).toEqual([[{ due: true }], [{ due: false }]]);
  });

  it('get what came for them before they were connected', async () => {
    const account = await meta.account();
    const insert = `INSERT INTO webhook_items (event_id, path, kind, graph_number_id, state) VALUES (uuid_v7(), '0', 'message', $1, 'UNROUTED') RETURNING id`;
    const [item] = (await database.query<{ id: string }>(insert, [account.phoneNumberId])).rows;
    await connect(own, account);
    const { rows } = await database.query<{ state: string }>('SELECT state FROM webhook_items WHERE id = $1', [item!.id]);
    expect(rows).toEqual([{ state: 'RETRY' }]);
  });
});
