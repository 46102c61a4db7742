import type pg from 'pg';
import { generateApiKey } from '@parley/platform';
import { Backlog } from '@parley/messaging';
import { TestApi, type Answer } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import {
  insertContact,
  insertConversation,
  insertRow,
  insertTemplate,
  makeTenant,
  openPool,
  pairOf,
  setConsent,
  uniqueDigits,
  uniquePhone,
  type TestTenant,
} from '../support/fixtures.js';

interface Result {
  index: number;
  accepted: boolean;
  id?: string;
  rule?: string;
  problem?: { code: string; status: number; retryable: boolean; errors: { pointer: string; code: string }[] };
  [member: string]: unknown;
}

let pool: pg.Pool;
let api: TestApi;
let tenant: TestTenant;
let bearer: string;

async function keyOf({ tenantId }: TestTenant): Promise<string> {
  const { id, secretHash, text } = generateApiKey();
  await insertRow(pool, 'api_keys', { tenant_id: tenantId, name: 'spec', key_id: id, secret_hash: secretHash, checksum: text.slice(-6), scopes: ['messages:write', 'messages:read'] });
  return text;
}

const template = (to = tenant.contact.phone, changes: object = {}): object => ({
  numberId: tenant.number.id,
  to,
  template: { name: tenant.template.name, language: 'en', parameters: { body: ['Ana'] } },
  ...changes,
});

const post = (route: 'batch' | 'validate', messages: readonly unknown[], key?: string, by = bearer): Promise<Answer> =>
  api.call('POST', `/v1/messages/${route}`, { bearer: by, body: { messages }, ...(key !== undefined && { headers: { 'idempotency-key': key } }) });

const resultsOf = ({ body }: Answer): Result[] => body['results'] as Result[];
const countOf = async (table: string, { tenantId } = tenant): Promise<number> =>
  (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [tenantId])).rows[0]!.n;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
  api = await TestApi.start();
});
beforeEach(async () => {
  tenant = await makeTenant(pool);
  bearer = await keyOf(tenant);
});
afterAll(async () => {
  await api.stop();
  await pool.end();
});

describe('POST /v1/messages/batch', () => {
  it('takes the good ones and names each bad one by its place and a pointer', async () => {
    const stranger = await insertContact(pool, tenant.tenantId);
    const answer = await post('batch', [
      template(undefined, { orderId: 'o-0' }),
      template('12'),
      { ...template(), order: 1 },
      template(stranger.phone),
      'nothing',
      template(undefined, { template: { name: tenant.template.name, language: 'en', parameters: {} } }),
      template(undefined, { template: { name: `x\0`, language: 'en' } }),
      template(undefined, { orderId: 'o-7' }),
    ]);
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, refused: 6 } });
    const results = resultsOf(answer);
    expect(results.map(({ index, problem }) => [index, problem?.code ?? 'QUEUED', problem?.errors[0]?.pointer])).toEqual([
      [0, 'QUEUED', undefined],
      [1, 'phone.invalid', '/messages/1/to'],
      [2, 'request.invalid', '/messages/2/order'],
      [3, 'consent.missing', '/messages/3'],
      [4, 'request.invalid', '/messages/4'],
      [5, 'template.parameters-invalid', '/messages/5/template/parameters/body'],
      [6, 'text.invalid-character', '/messages/6/template/name'],
      [7, 'QUEUED', undefined],
    ]);
    const { rows } = await pool.query('SELECT id, order_id, state FROM messages WHERE tenant_id = $1 ORDER BY id', [tenant.tenantId]);
    expect(rows).toEqual([
      { id: results[0]!.id, order_id: 'o-0', state: 'QUEUED' },
      { id: results[7]!.id, order_id: 'o-7', state: 'QUEUED' },
    ]);
  });

  it('of 1,000 is one call, in a body larger than that of a single message, and leaves in its order', async () => {
    const padded = template(undefined, { orderId: 'x'.repeat(128), quoteId: 'x'.repeat(128) });
    const answer = await post('batch', Array.from({ length: 1_000 }, () => padded));
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1_000, refused: 0 } });
    const ids = resultsOf(answer).map(({ id }) => id!);
    expect(new Set(ids).size).toBe(1_000);
    // Order of leaving is order of ids.
    expect(ids).toEqual(ids.toSorted());
    expect(await countOf('messages')).toBe(1_000);
  });

  it('repeated under its key answers the same, and tries again what was refused', async () => {
    const stranger = await insertContact(pool, tenant.tenantId);
    const messages = [template(undefined, { orderId: 'o-0' }), template(stranger.phone), template(undefined, { orderId: 'o-2' })];
    const key = uniqueDigits();
    const first = await post('batch', messages, key);
    const again = await post('batch', messages, key);
    const withoutRequest = (answer: Answer) => answer.text.replaceAll(/"requestId":"[^"]+"/g, '');
    expect(withoutRequest(again)).toBe(withoutRequest(first));
    expect(again.headers['idempotency-replayed']).toBeUndefined();
    expect(await countOf('messages')).toBe(2);

    await setConsent(pool, tenant.tenantId, stranger.id, 'utility');
    expect((await post('batch', messages, key)).body).toMatchObject({ accepted: 3 });
    const whole = await post('batch', messages, key);
    expect([whole.headers['idempotency-replayed'], await countOf('messages')]).toEqual(['true', 3]);
    const changed = await post('batch', [template(undefined, { orderId: 'another' }), messages[1], messages[2]], key);
    expect(resultsOf(changed).map(({ problem }) => problem?.code)).toEqual(['idempotency.key-reused', undefined, undefined]);
  });

  it("knows an item's own key from a single message, and from another batch", async () => {
    const idempotencyKey = uniqueDigits();
    const single = await api.call('POST', '/v1/messages', { bearer, body: template(), headers: { 'idempotency-key': idempotencyKey } });
    const results = resultsOf(await post('batch', [template(undefined, { idempotencyKey }), template(undefined, { idempotencyKey })], 'another'));
    expect(results.map(({ id }) => id)).toEqual([single.body['id'], single.body['id']]);
    expect(await countOf('messages')).toBe(1);
  });

  it("finds another tenant's number, template and contact as missing as none, and keys of its own", async () => {
    const other = await makeTenant(pool);
    const answer = await post('batch', [
      template(undefined, { numberId: other.number.id }),
      template(undefined, { template: { name: other.template.name, language: 'en' } }),
      template(other.contact.phone),
    ]);
    expect(resultsOf(answer).map(({ problem }) => problem?.code)).toEqual(['number.not-found', 'template.not-found', 'consent.missing']);
    const [own, theirs] = [await post('batch', [template()], 'same-key'), await post('batch', [template()], 'same-key', await keyOf(other))];
    expect([own.body['accepted'], theirs.body['accepted']]).toEqual([1, 0]);
    expect(await countOf('messages', other)).toBe(0);
  });

  it('needs the right to write, and a list', async () => {
    expect(await api.call('POST', '/v1/messages/batch', { body: {} })).toMatchObject({ status: 401 });
    expect(await api.call('POST', '/v1/messages/batch', { bearer, body: { messages: [] } })).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
  });
});

describe('POST /v1/messages/validate', () => {
  it('shows how a message looks, what it costs and when it would leave, and writes nothing', async () => {
    const { id: numberId } = tenant.number;
    await pool.query('UPDATE phone_numbers SET per_second = 1 WHERE id = $1', [numberId]);
    const answer = await post('validate', [template(), template()]);
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, refused: 0, price: { amount: '0.0424', currency: 'USD', unknown: 0 } } });
    const [first, second] = resultsOf(answer);
    expect(first).toMatchObject({
      to: tenant.contact.phone,
      category: 'utility',
      lane: 'utility',
      displayContent: expect.stringContaining('Your table is ready, Ana.') as string,
      preview: { body: 'Your table is ready, Ana.', errors: [] },
      price: { amount: '0.0212', currency: 'USD', country: 'RO', market: 'Rest of Central and Eastern Europe', free: null },
    });
    const waitMs = Date.parse(String(second!['leavesAt'])) - Date.parse(String(first!['leavesAt']));
    expect(waitMs).toBeGreaterThanOrEqual(1_000);
    expect(answer.body['finishedAt']).toBe(second!['leavesAt']);
    expect([await countOf('messages'), await countOf('idempotency_keys')]).toEqual([0, 0]);
  });

  it('charges nothing for answers inside the window', async () => {
    await insertConversation(pool, pairOf(tenant), 1);
    const text = { numberId: tenant.number.id, to: tenant.contact.phone, text: { body: 'Bună' } };
    const results = resultsOf(await post('validate', [text, template()]));
    expect(results.map(({ price, lane, preview }) => [lane, price, preview === null])).toMatchObject([
      ['reply', { amount: '0.0000', free: 'session' }, true],
      ['reply', { amount: '0.0000', free: 'utility-in-window' }, false],
    ]);
  });

  it('gives the verdict that sending gives, whatever is wrong', async () => {
    const paused = await insertTemplate(pool, tenant.tenantId, tenant.accountId, { status: 'PAUSED' });
    const revoked = await insertContact(pool, tenant.tenantId, { consents: ['utility'] });
    await setConsent(pool, tenant.tenantId, revoked.id, 'utility', 'REVOKED');
    const other = await makeTenant(pool);
    const named = (name: string, language = 'en', parameters: object = { body: ['Ana'] }) => template(undefined, { template: { name, language, parameters } });
    const answerTo = (changes: object) => ({ numberId: tenant.number.id, to: tenant.contact.phone, ...changes });
    const cases: readonly (readonly [string | undefined, unknown])[] = [
      [undefined, template()],
      ['request', 7],
      ['request', { ...template(), order: 1 }],
      ['request', answerTo({})],
      ['number', template(undefined, { numberId: other.number.id })],
      ['recipient', template('12')],
      ['recipient', template(undefined, { contactId: tenant.contact.id })],
      ['recipient', template(undefined, { to: undefined, contactId: other.contact.id })],
      ['consent', template(uniquePhone())],
      ['consent', template(revoked.phone)],
      ['window', answerTo({ text: { body: 'Hi' } })],
      ['window', answerTo({ image: { link: 'http://x' } })],
      ['template', named('no_such_template')],
      ['template', named(tenant.template.name, 'ro')],
      ['template', named(paused.name)],
      ['parameters', named(tenant.template.name, 'en', {})],
      ['parameters', named(tenant.template.name, 'en', { body: ['a', 'b'] })],
    ];
    const messages = cases.map(([, message]) => message);
    const dry = resultsOf(await post('validate', messages));
    expect(dry.map(({ rule }) => rule)).toEqual(cases.map(([rule]) => rule));
    expect(await countOf('messages')).toBe(0);
    const sent = resultsOf(await post('batch', messages));
    const verdict = ({ accepted, problem }: Result) => [accepted, problem && { ...problem, requestId: '' }];
    expect(dry.map(verdict)).toEqual(sent.map(verdict));
    for (const [at, message] of messages.entries()) {
      if (typeof message !== 'object') continue;
      const single = await api.call('POST', '/v1/messages', { bearer, body: message });
      expect([at, single.status, single.body['code']]).toEqual([at, dry[at]!.problem?.status ?? 202, dry[at]!.problem?.code]);
    }
  });
});

describe('the caps of what waits to leave', () => {
  let small: TestApi;
  const recount = () => small.app.get(Backlog, { strict: false }).refresh();
  const send = (by = bearer, message = template()) => small.call('POST', '/v1/messages', { bearer: by, body: message });
  const start = async (caps: Record<string, string>) => {
    small = await TestApi.start({ BACKLOG_COUNT_PAUSE_MS: '600000', ...caps });
    await recount();
  };
  afterEach(() => small.stop());

  it('refuse a tenant with 429 and leave the others alone; what has left makes room', async () => {
    await start({ BACKLOG_TENANT_CAP: '3' });
    const other = await makeTenant(pool);
    const otherKey = await keyOf(other);
    await pool.query(`UPDATE messages SET state = 'CANCELLED' WHERE tenant_id = $1`, [tenant.tenantId]);
    const batch = await small.call('POST', '/v1/messages/batch', { bearer, body: { messages: [template(), template(), template(), template()] } });
    expect(resultsOf(batch).map(({ problem }) => problem?.code)).toEqual([undefined, undefined, undefined, 'backlog.tenant-full']);
    const refused = await send();
    expect(refused).toMatchObject({ status: 429, body: { code: 'backlog.tenant-full', retryable: true } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const dry = await small.call('POST', '/v1/messages/validate', { bearer, body: { messages: [template()] } });
    expect(resultsOf(dry)).toMatchObject([{ rule: 'backlog', problem: { code: 'backlog.tenant-full' } }]);
    const theirs = { numberId: other.number.id, to: other.contact.phone, template: { name: other.template.name, language: 'en', parameters: { body: ['Ana'] } } };
    expect(await send(otherKey, theirs)).toMatchObject({ status: 202 });

    // Half of them wait for something: they count as well.
    await pool.query(`UPDATE messages SET state = 'WAITING', wait_cause = 'retry', wait_until = now() + interval '1 hour' WHERE tenant_id = $1`, [tenant.tenantId]);
    await recount();
    expect(await send()).toMatchObject({ status: 429 });
    await pool.query(`UPDATE messages SET state = 'CANCELLED', wait_cause = NULL, wait_until = NULL WHERE id = (SELECT id FROM messages WHERE tenant_id = $1 LIMIT 1)`, [tenant.tenantId]);
    await recount();
    expect(await send()).toMatchObject({ status: 202 });
    expect(await send()).toMatchObject({ status: 429 });
  });

  it('refuse everybody with 503 when the platform is full', async () => {
    await start({ BACKLOG_PLATFORM_CAP: '1' });
    // Other specs of this database may have left some.
    const first = await send();
    const second = await send();
    expect([202, 503]).toContain(first.status);
    expect(second).toMatchObject({ status: 503, body: { code: 'backlog.platform-full' } });
    expect(second.headers['retry-after']).toBeDefined();
  });
});
