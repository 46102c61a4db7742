import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type pg from 'pg';
import { SystemDb } from '@parley/data';
import { provenTenant, type TenantId } from '@parley/domain';
import { GuardedFetch } from '@parley/http';
import { generateLookupSecret, HttpCustomerDirectory, HttpOrderBook, sealLookupSecrets, succeedSecret, TenantSystem, type LookupSecrets } from '@parley/messaging';
import { Sealer, SystemClock } from '@parley/platform';
import { Webhook } from 'standardwebhooks';
import { TestApi } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAccount, insertContact, insertNumber, insertTemplate, insertTenant, openPool } from '../support/fixtures.js';
import { describeLookups, listen, lookupExample, MemoryCustomers, MemoryOrders } from '../support/lookup-contract.js';

const SEALER = new Sealer([{ id: 'spec', key: Buffer.alloc(32, 7) }]);
const SHORT_MS = 250;
/** Longer than a busy machine stands still: who asks with it never hears "timeout" for another reason's fault. */
const LONG_MS = 20_000;
const MOST_BYTES = 256 * 1024;

let pool: pg.Pool;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system, 4);
});
afterAll(() => pool.end());

async function configure(tenantId: TenantId, url: string, secrets: LookupSecrets, version = 1): Promise<void> {
  await pool.query(
    `INSERT INTO tenant_settings (tenant_id, section, value, updated_by) VALUES ($1, 'lookups', $2, 'spec')
     ON CONFLICT (tenant_id, section) DO UPDATE SET value = excluded.value, version = tenant_settings.version + 1`,
    [tenantId, JSON.stringify({ url })],
  );
  await pool.query(
    `INSERT INTO lookup_secrets (tenant_id, version, sealed, updated_by) VALUES ($1, $2, $3, 'spec')
     ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed`,
    [tenantId, version, sealLookupSecrets(SEALER, tenantId, version, secrets)],
  );
}

const onlySecret = (): LookupSecrets => succeedSecret(generateLookupSecret(), null, new Date());

/** The way over HTTP, to whatever listens at these origins. */
function httpLookups(allowedOrigins: string[], timeoutMs = LONG_MS) {
  const http = new GuardedFetch({ allowedOrigins, timeoutMs, maxResponseBytes: MOST_BYTES });
  const system = new TenantSystem({ db: new SystemDb(pool), http, sealer: SEALER, clock: new SystemClock(), metrics: { inc: () => {} } });
  return { customers: new HttpCustomerDirectory(system), orders: new HttpOrderBook(system), close: () => http.close() };
}

describeLookups('in memory', async () => {
  const { EXAMPLE_DATA } = await lookupExample();
  const tenants = [provenTenant('a'), provenTenant('b')] as const;
  const data = new Map([[tenants[0], EXAMPLE_DATA]]);
  return { customers: new MemoryCustomers(data), orders: new MemoryOrders(data), tenants, stop: () => Promise.resolve() };
});

describeLookups('over HTTP, with the example server', async () => {
  const { createLookupServer } = await lookupExample();
  const [one, other] = [onlySecret(), onlySecret()];
  const full = await listen(createLookupServer({ secret: one.current, basePath: '/parley' }));
  const empty = await listen(createLookupServer({ secret: other.current, data: { customers: [], orders: [] } }));
  const tenants = [await insertTenant(pool), await insertTenant(pool)] as const;
  await configure(tenants[0], `${full.url}/parley/`, one);
  await configure(tenants[1], empty.url, other);
  const { close, ...lookups } = httpLookups([full.url, empty.url]);
  return { ...lookups, tenants, stop: async () => void (await Promise.all([close(), full.stop(), empty.stop()])) };
});

describe('a tenant’s own system', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;
  const found: Answer = (_, response, body) => {
    const { id } = JSON.parse(body) as { id: string };
    response.end(JSON.stringify({ customer: id.startsWith('none') ? null : { id, phone: '+40723000111' } }));
  };
  let answer: Answer = found;
  let asked: { headers: IncomingMessage['headers']; url: string; body: string }[] = [];
  let server: Awaited<ReturnType<typeof listen>>;
  let lookups: ReturnType<typeof httpLookups>;
  let hurried: ReturnType<typeof httpLookups>;
  let tenantId: TenantId;
  let secrets: LookupSecrets;

  beforeAll(async () => {
    server = await listen(
      createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          asked.push({ headers: request.headers, url: request.url ?? '', body });
          answer(request, response, body);
        });
      }),
    );
    lookups = httpLookups([server.url]);
    hurried = httpLookups([server.url], SHORT_MS);
  });
  afterAll(async () => {
    await server.stop();
    await lookups.close();
    await hurried.close();
  });
  beforeEach(async () => {
    [answer, asked, secrets, tenantId] = [found, [], onlySecret(), await insertTenant(pool)];
    await configure(tenantId, server.url, secrets);
  });

  const byId = (id: string) => lookups.customers.byId(tenantId, id);
  const verify = (secret: string, at = 0) => new Webhook(secret).verify(asked[at]!.body, asked[at]!.headers as Record<string, string>);

  it('is asked once a minute, by one signed question for all who ask at once; a change of address counts at once', async () => {
    expect(await Promise.all([byId('C-1'), byId('C-1'), byId('C-1')])).toMatchObject([{ id: 'C-1' }, { id: 'C-1' }, { id: 'C-1' }]);
    expect([await byId('none-1'), await byId('none-1'), await byId('C-1')]).toMatchObject([null, null, { id: 'C-1' }]);
    expect(asked.map(({ url }) => url)).toEqual(['/customers/by-id', '/customers/by-id']);
    expect(verify(secrets.current)).toEqual({ lookup: 'customers/by-id', id: 'C-1' });
    expect(() => verify(onlySecret().current)).toThrow();
    await configure(tenantId, `${server.url}/v2`, secrets);
    await byId('C-1');
    expect(asked[2]?.url).toBe('/v2/customers/by-id');
  });

  it('is asked under both secrets for a day after a change, and under the new one after that', async () => {
    const next = succeedSecret(generateLookupSecret(), secrets, new Date());
    await configure(tenantId, server.url, next, 2);
    await byId('C-1');
    expect([verify(secrets.current), verify(next.current)]).toEqual([verify(next.current), verify(next.current)]);
    await configure(tenantId, server.url, { ...next, previousUntil: new Date(0).toISOString() }, 3);
    await byId('C-1');
    expect(() => verify(secrets.current, 1)).toThrow();
    expect(verify(next.current, 1)).toMatchObject({ id: 'C-1' });
  });

  it.each<[string, Answer, string]>([
    ['says nothing', () => {}, 'timeout'],
    ['answers 10 MB', (_, response) => void response.end('x'.repeat(10 * 1024 * 1024)), 'answer-too-large'],
    ['answers 10 MB drop by drop', (_, response) => void response.write('{"customer": "'), 'timeout'],
    ['answers 500', (_, response) => void response.writeHead(500).end('a stack trace'), '500'],
    ['points elsewhere', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(), '302'],
    ['answers a page', (_, response) => void response.end('<html>'), 'not JSON'],
    ['answers a customer of another form', (_, response) => void response.end('{"customer": {"id": "1", "phone": "secret"}}'), '/customer/phone'],
    ['answers nothing of what was asked', (_, response) => void response.end('{"ok": true}'), '/customer'],
    ['hangs up', (request) => void request.socket.destroy(), 'no-answer'],
  ])('that %s is unavailable, in time and in words that repeat nothing of it', async (_, misbehaves, words) => {
    answer = misbehaves;
    const { customers } = words === 'timeout' ? hurried : lookups;
    const error = await customers.byId(tenantId, 'C-1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'lookup.unavailable', retryAfterSeconds: 5, detail: expect.stringContaining(words) as string });
    expect(JSON.stringify(error)).not.toMatch(/secret|stack trace/);
  });

  it('that fails again and again is left alone, and no other tenant notices', async () => {
    answer = (_, response) => void response.writeHead(500).end();
    for (let time = 0; time < 5; time += 1) await byId(`C-${time}`).catch(() => {});
    expect(await byId('C-9').catch((error: unknown) => error)).toMatchObject({ code: 'lookup.unavailable', detail: expect.stringContaining('again and again') as string });
    expect(asked).toHaveLength(5);
    answer = found;
    const neighbour = await insertTenant(pool);
    await configure(neighbour, server.url, onlySecret());
    expect(await lookups.customers.byId(neighbour, 'C-1')).toMatchObject({ id: 'C-1' });
    // Its owner repaired it and saved it anew.
    await configure(tenantId, server.url, secrets);
    expect(await byId('C-9')).toMatchObject({ id: 'C-9' });
  });

  it('is asked a few things at once only, whoever waits for them', async () => {
    answer = () => {};
    const all = await Promise.all(Array.from({ length: 50 }, (_, at) => hurried.customers.byId(tenantId, `C-${at}`).catch((error: { detail: string }) => error.detail)));
    // Eight at first; the breaker opens with the fifth of them that fails, and for those before it others were let in.
    expect(asked.length).toBeLessThanOrEqual(12);
    expect(all.filter((detail) => String(detail).includes('Too many'))).toHaveLength(10);
  });

  it('that nobody set up, or that no address of ours may reach, is not asked', async () => {
    expect(await lookups.customers.byId(await insertTenant(pool), 'C-1').catch((error: unknown) => error)).toMatchObject({ code: 'lookup.not-configured' });
    await configure(tenantId, 'http://127.0.0.1:9', secrets);
    expect(await byId('C-1').catch((error: unknown) => error)).toMatchObject({ code: 'url.refused' });
    expect(asked).toEqual([]);
  });
});

describe('the api', () => {
  it('shows the customer and the orders of a contact, tells customers by their own id, and keeps all that to the tenant', async () => {
    const { createLookupServer } = await lookupExample();
    const server = createServer();
    const target = await listen(server);
    const api = await TestApi.start({ HTTP_ALLOWED_ORIGINS: target.url });
    try {
      const [own, other] = [await api.tenant(), await api.tenant()];
      const put = (path: string, body: unknown) => api.call('PUT', `/v1/settings/${path}`, { bearer: own.apiKey, body });
      const get = (path: string, bearer = own.apiKey) => api.call('GET', `/v1/contacts/${path}`, { bearer });
      expect(await put('lookups', { url: 'http://10.0.0.1/erp' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/url' }] } });
      expect(await put('lookups', { url: target.url })).toMatchObject({ status: 200 });
      const { body } = await api.call('POST', '/v1/lookups/secret', { bearer: own.apiKey });
      const example = createLookupServer({ secret: String(body['secret']) });
      server.on('request', (request, response) => example.emit('request', request, response));

      const tenantId = provenTenant(own.id);
      const accountId = await insertAccount(pool, tenantId);
      await insertNumber(pool, tenantId, accountId);
      const template = await insertTemplate(pool, tenantId, accountId, { language: 'ro' });
      const ana = await insertContact(pool, tenantId, { phone: '+40723000111', consents: ['utility'] });
      expect((await get(`${ana.id}/customer`)).body).toMatchObject({ customer: { id: 'C-1042', name: 'Ana Pop' } });
      expect((await get(`${ana.id}/orders?status=preparing`)).body).toMatchObject({ data: [{ id: 'A-1042' }] });
      for (const path of ['customer', 'orders']) expect((await get(`${ana.id}/${path}`, other.apiKey)).status).toBe(404);

      await put('notifications', { defaultLanguage: 'en', currency: 'RON', numberId: null, types: { 'order.confirmed': { template: template.name, languages: ['ro'], parameters: { body: ['{{ customer.firstName }}'] } } } });
      const told = await api.call('POST', '/v1/notifications', { bearer: own.apiKey, body: { type: 'order.confirmed', eventId: 'e-1', customerId: 'C-1042', data: { order: { id: 'A-1042' } } } });
      expect(told).toMatchObject({ status: 202, body: { to: '+40723000111', customerId: 'C-1042', orderId: 'A-1042', displayContent: 'Your table is ready, Ana.' } });
      const secretAgain = await api.call('POST', '/v1/lookups/secret', { bearer: own.apiKey });
      expect(secretAgain.body).toMatchObject({ secret: expect.stringMatching(/^whsec_/) as string, previousUntil: expect.any(String) as string });
      expect(await pool.query('SELECT 1 FROM audit_log WHERE tenant_id = $1 AND (before::text LIKE $2 OR after::text LIKE $2)', [own.id, '%whsec_%'])).toMatchObject({ rowCount: 0 });
    } finally {
      await api.stop();
      await target.stop();
    }
  });
});
