import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { TestMeta, type MetaAccount } from '../support/meta.js';

const VERIFY_TOKEN = 'a-word-of-ours';

type Connected = MetaAccount & { id: string };
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

describe("a number's own calls to Meta", () => {
  let api: TestApi;
  let meta: TestMeta;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let callback: Server;
  let callbackOrigin: string;

  beforeAll(async () => {
    // A tenant's server that answers the handshake.
    callback = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://callback');
      const isOurs = searchParams.get('hub.verify_token') === VERIFY_TOKEN;
      response.writeHead(isOurs ? 200 : 403).end(isOurs ? searchParams.get('hub.challenge') : '');
    });
    await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve));
    callbackOrigin = `http://127.0.0.1:${(callback.address() as AddressInfo).port}`;
    meta = await TestMeta.start();
    api = await TestApi.start({ GRAPH_URL: meta.url, HTTP_ALLOWED_ORIGINS: callbackOrigin });
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 1 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
    await meta.stop();
    callback.close();
  });

  async function connected(number: Record<string, unknown> = {}): Promise<Connected> {
    const account = await meta.account({}, number);
    const { status, body } = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body: account });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return { ...account, id: String(body['id']) };
  }

  const call = (method: Method, { id }: { id: string }, path: string, body?: object, tenant = own): Promise<Answer> =>
    api.call(method, `/v1/numbers/${id}/${path}`, { bearer: tenant.apiKey, ...(body && { body }) });

  it('take it through code, registration and deregistration, and keep its PIN sealed', async () => {
    const number = await connected({ status: 'UNVERIFIED' });
    expect(await call('POST', number, 'register', { pin: '408213' })).toMatchObject({ status: 422, body: { code: 'number.unverified', meta: { graphCode: 133006 } } });
    expect((await call('POST', number, 'request-code', { method: 'SMS', language: 'ro_RO' })).status).toBe(204);
    const { code } = (await meta.control('GET', `numbers/${number.phoneNumberId}/verification-code`)) as { code: string };
    expect(await call('POST', number, 'verify-code', { code: code === '000000' ? '111111' : '000000' })).toMatchObject({
      status: 422, body: { code: 'number.code-mismatch', meta: { graphCode: 136025, traceId: expect.any(String) as unknown } },
    });
    expect((await call('POST', number, 'verify-code', { code: `${code.slice(0, 3)}-${code.slice(3)}` })).status).toBe(200);
    expect(await call('POST', number, 'register', { pin: '408213' })).toMatchObject({ status: 200, body: { status: 'CONNECTED' } });
    const { rows } = await database.query<{ row: string }>('SELECT n::text AS row FROM phone_numbers n WHERE id = $1', [number.id]);
    expect(rows[0]!.row).not.toContain('408213');
    expect(await call('POST', number, 'deregister')).toMatchObject({ status: 200, body: { status: 'DISCONNECTED' } });
    expect(await call('POST', number, 'register', { pin: '111111' })).toMatchObject({ status: 422, body: { code: 'number.pin-mismatch', meta: { graphCode: 133005 } } });
    // Without one the PIN that is kept is used: the wrong guess has not taken its place.
    expect(await call('POST', number, 'register', {})).toMatchObject({ status: 200, body: { status: 'CONNECTED' } });
    expect((await call('PUT', number, 'pin', { pin: '999000' })).status).toBe(204);
    expect((await call('GET', number, 'pin')).body).toEqual({ pin: '999000' });
  });

  it('read and change the business profile', async () => {
    const number = await connected();
    const profile = { about: 'Wood-fired pizza', address: 'Strada Lipscani 12', email: 'ciao@example.com', websites: ['https://example.com/'], vertical: 'RESTAURANT' };
    expect(await call('PUT', number, 'business-profile', profile)).toMatchObject({ status: 200, body: profile });
    expect(await call('GET', number, 'business-profile')).toMatchObject({ status: 200, body: { ...profile, description: null } });
    expect(await call('PUT', number, 'business-profile', { about: '' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/about' }] } });
    expect(await call('PUT', number, 'business-profile', { vertical: 'PIZZA' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/vertical' }] } });
  });

  it('block who wrote and tell of each who could not be blocked', async () => {
    const number = await connected();
    const [guest, stranger] = ['+40723000701', '+40723000702'];
    await meta.control('POST', `customers/${encodeURIComponent(guest)}/messages`, { phoneNumberId: number.phoneNumberId, type: 'text', text: 'Hi' });
    const blocked = await call('POST', number, 'blocked-users', { users: [guest, stranger] });
    expect(blocked).toMatchObject({ status: 200, body: { done: [guest], failed: [{ user: stranger }] } });
    expect(await call('GET', number, 'blocked-users')).toMatchObject({ status: 200, body: { data: [{ waId: guest.slice(1) }], hasMore: false } });
    expect(await call('DELETE', number, 'blocked-users', { users: [guest] })).toMatchObject({ status: 200, body: { done: [guest], failed: [] } });
    expect((await call('GET', number, 'blocked-users')).body).toMatchObject({ data: [] });
    expect(await call('POST', number, 'blocked-users', { users: [guest, 'Ana'] })).toMatchObject({ status: 400, body: { code: 'phone.invalid', errors: [{ pointer: '/users/1' }] } });
  });

  it('send its webhooks to an address that is public or allowed, and proves itself', async () => {
    const number = await connected();
    const to = (callbackUrl: string | null, verifyToken?: string) => call('PUT', number, 'webhook-override', { callbackUrl, ...(verifyToken !== undefined && { verifyToken }) });
    expect((await to(`${callbackOrigin}/hook`, VERIFY_TOKEN)).status).toBe(204);
    const node = async () => (await (await fetch(`${meta.url}/v25.0/${number.phoneNumberId}?fields=webhook_configuration`, { headers: { authorization: `Bearer ${number.accessToken}` } })).json()) as { webhook_configuration?: { phone_number?: string } };
    expect((await node()).webhook_configuration?.phone_number).toBe(`${callbackOrigin}/hook`);
    expect(await to(`${callbackOrigin}/hook`, 'another-word')).toMatchObject({ status: 422, body: { code: 'callback.unverified', errors: [{ pointer: '/callbackUrl', detail: expect.stringContaining('answered') as unknown }] } });
    expect(await to(`${callbackOrigin.replace(/\d+$/, '1')}/hook`, VERIFY_TOKEN)).toMatchObject({ status: 422, body: { code: 'url.refused' } });
    for (const address of ['https://169.254.169.254/latest', 'http://example.com/hook', 'https://user:pass@example.com/', 'https://localhost/', 'https://2130706433/', 'https://example.com:22/']) {
      const refused = await to(address, VERIFY_TOKEN);
      expect([address, refused.status, refused.body['code']]).toEqual([address, 422, 'url.refused']);
      expect(refused.body['errors']).toMatchObject([{ pointer: '/callbackUrl' }]);
    }
    expect(await to(`${callbackOrigin}/hook`)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/verifyToken' }] } });
    expect((await to(null)).status).toBe(204);
    expect((await node()).webhook_configuration?.phone_number).toBeUndefined();
  });

  it('are as missing for another tenant as for an id that never was', async () => {
    const number = await connected();
    const calls: [Method, string, object?][] = [
      ['POST', 'request-code', { method: 'SMS', language: 'en_US' }], ['POST', 'verify-code', { code: '123456' }], ['POST', 'register', {}], ['POST', 'deregister'],
      ['PUT', 'pin', { pin: '123456' }], ['GET', 'pin'], ['GET', 'business-profile'], ['PUT', 'business-profile', {}], ['GET', 'blocked-users'],
      ['POST', 'blocked-users', { users: ['+40723000701'] }], ['DELETE', 'blocked-users', { users: ['+40723000701'] }], ['PUT', 'webhook-override', { callbackUrl: null }],
    ];
    for (const [method, path, body] of calls) {
      const [foreign, none] = [await call(method, number, path, body, other), await call(method, { id: '0199a1b2-0000-7000-8000-00000000dead' }, path, body, other)];
      const { requestId: _a, ...ofForeign } = foreign.body;
      const { requestId: _b, ...ofNone } = none.body;
      expect([method, path, foreign.status]).toEqual([method, path, 404]);
      expect(ofNone).toEqual(ofForeign);
    }
  });

  it('show the PIN to nobody who may only read', async () => {
    const number = await connected();
    const made = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body: { name: 'reader', scopes: ['numbers:read'] } });
    const answer = await api.call('GET', `/v1/numbers/${number.id}/pin`, { bearer: String(made.body['key']) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
  });
});
