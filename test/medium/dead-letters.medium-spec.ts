import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { TestApi, type Answer } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { insertAttempt, insertDead, makeSender, type Sender } from '../support/dead-letters.js';
import { insertContact, insertTemplate, openPool } from '../support/fixtures.js';

type Row = Record<string, unknown>;

let api: TestApi;
let pool: pg.Pool;
let own: Sender;
let other: Sender;

beforeAll(async () => {
  api = await TestApi.start();
  pool = openPool((await workerDatabase()).system, 4);
});
afterAll(async () => {
  await pool.end();
  await api.stop();
});
beforeEach(async () => {
  [own, other] = [await makeSender(api, pool), await makeSender(api, pool)];
});

const get = (path: string, { key } = own): Promise<Answer> => api.call('GET', `/v1/dead-letters${path}`, { bearer: key });
const post = (path: string, body: unknown = {}, { key } = own): Promise<Answer> => api.call('POST', `/v1/dead-letters${path}`, { bearer: key, body });
const listed = async (query: string, of = own) => ((await get(query, of)).body['data'] as { id: string }[]).map(({ id }) => id);
const row = async (id: string) => (await pool.query<Row>('SELECT * FROM messages WHERE id = $1', [id])).rows[0]!;
const steps = async (id: string) => (await pool.query<{ type: string; detail: Row }>('SELECT type, detail FROM message_events WHERE message_id = $1 ORDER BY id', [id])).rows;

describe('the list of dead letters', () => {
  it('shows each with its message, last error, attempts, conversation, cause and fix', async () => {
    const id = await insertDead(pool, own, { reason: 'meta.131026', code: 131_026 });
    await insertAttempt(pool, own, id);
    const { body } = await get('');
    expect(body['data']).toEqual([
      expect.objectContaining({
        id,
        cause: expect.stringContaining('131026') as unknown,
        fix: expect.stringContaining('cannot be reached') as unknown,
        canBeRedriven: true,
        mayHaveArrived: false,
        lastError: { reason: 'meta.131026', code: 131_026, text: 'Something went wrong' },
        attempts: [expect.objectContaining({ number: 5, outcome: 'accepted' })],
        conversation: null,
        message: expect.objectContaining({ id, status: 'FAILED', displayContent: 'Hello' }) as unknown,
      }),
    ]);
    expect((await get(`/${id}`)).body).toEqual((body['data'] as unknown[])[0]);
  });

  it('is narrowed by number, template, code, reason, customer and time', async () => {
    const older = await insertDead(pool, own, { minutesAgo: 60, columns: { customer_id: 'C-1' } });
    const template = await insertTemplate(pool, own.tenantId, own.accountId);
    const newer = await insertDead(pool, own, { reason: 'meta.131026', code: 131_026, templateId: template.id });
    const half = new Date(Date.now() - 30 * 60_000).toISOString();
    expect(await listed('')).toEqual([newer, older]);
    for (const query of ['?customerId=C-1', '?code=131000', '?reason=meta.131000', `?to=${half}`, `?templateId=${own.template.id}`]) expect([query, await listed(query)]).toEqual([query, [older]]);
    for (const query of ['?code=131026', `?from=${half}`, `?templateId=${template.id}`]) expect([query, await listed(query)]).toEqual([query, [newer]]);
    expect(await listed(`?numberId=${own.number.id}`)).toEqual([newer, older]);
    expect(await listed(`?numberId=${other.number.id}`)).toEqual([]);
    expect((await get('?code=x')).status).toBe(422);
  });

  it('is read page by page, by the time of death, also when the row of the cursor is gone', async () => {
    // Ids rise the other way round.
    const ids = [];
    for (let place = 0; place < 5; place += 1) ids.push(await insertDead(pool, own, { minutesAgo: place + 1 }));
    const first = await get('?limit=2');
    expect((first.body['data'] as Row[]).map((one) => one['id'])).toEqual(ids.slice(0, 2));
    await post(`/${ids[1]!}/redrive`);
    const next = await get(`?limit=2&cursor=${String(first.body['nextCursor'])}`);
    expect((next.body['data'] as Row[]).map((one) => one['id'])).toEqual(ids.slice(2, 4));
    expect(await listed(`?limit=2&cursor=${String(next.body['nextCursor'])}`)).toEqual([ids[4]]);
    expect((await get('?cursor=AAAA')).body).toMatchObject({ code: 'request.invalid', errors: [{ pointer: '/cursor' }] });
  });

  it('is counted by code, number and template, and reported with what to do', async () => {
    for (let count = 0; count < 2; count += 1) await insertDead(pool, own, { minutesAgo: 10 + count });
    await insertDead(pool, own, { reason: 'consent.revoked', code: null });
    await insertDead(pool, own, { reason: 'meta.131026', code: 131_026, minutesAgo: 2 * 24 * 60 });
    await insertDead(pool, other);
    const groups = (await get('/groups')).body['data'] as Row[];
    expect(groups).toHaveLength(3);
    expect(groups[0]).toMatchObject({ reason: 'meta.131000', code: 131_000, numberId: own.number.id, templateId: own.template.id, templateName: own.template.name, count: 2, fix: expect.any(String) as unknown });
    expect(new Date(String(groups[0]!['oldestAt'])) < new Date(String(groups[0]!['newestAt']))).toBe(true);
    expect((await get('/groups?by=number')).body['data']).toEqual([expect.objectContaining({ numberId: own.number.id, count: 4, reason: null, templateId: null, cause: null }) as unknown]);
    expect((await get('/report')).body).toMatchObject({
      total: 4,
      byChannel: { WHATSAPP: 4 },
      lastDay: 3,
      topErrors: [{ reason: 'meta.131000', count: 2, whatToDo: expect.any(String) as unknown }, { reason: 'consent.revoked', code: null, count: 1 }],
    });
  });

  it("is the tenant's own: another's is as missing as one that never was", async () => {
    const id = await insertDead(pool, other);
    expect(await listed('')).toEqual([]);
    expect((await get('/groups')).body['data']).toEqual([]);
    expect((await get('/report')).body).toMatchObject({ total: 0, topErrors: [] });
    const calls = [(of: string) => get(`/${of}`), (of: string) => post(`/${of}/redrive`), (of: string) => post(`/${of}/discard`, { reason: 'x' })];
    for (const call of calls) {
      const [foreign, never] = [await call(id), await call(randomUUID())];
      const { requestId: _one, instance: _other, ...rest } = foreign.body;
      expect(foreign.status).toBe(404);
      expect(never.body).toMatchObject(rest);
    }
    expect((await post('/redrive', { ids: [id] })).body).toMatchObject({ messages: [{ id, verdict: 'not-found' }] });
    expect((await post('/redrive', { filter: {}, dryRun: true })).body).toMatchObject({ total: 0 });
    expect(await row(id)).toMatchObject({ state: 'FAILED', attempts: 5 });
    expect((await get('', other)).body['data']).toHaveLength(1);
  });

  it('needs its scopes', async () => {
    const id = await insertDead(pool, own);
    const { body } = await api.call('POST', '/v1/api-keys', { bearer: own.key, body: { name: 'reader', scopes: ['dead-letters:read'] } });
    const reader = { ...own, key: String(body['key']) };
    expect((await get('', reader)).status).toBe(200);
    for (const path of ['/redrive', `/${id}/redrive`, `/${id}/discard`]) expect((await post(path, {}, reader)).body).toMatchObject({ status: 403, code: 'auth.scope-missing' });
  });
});

describe('a redrive', () => {
  it('queues a dead letter for a new round of attempts, and forgets nothing', async () => {
    const id = await insertDead(pool, own, { columns: { valid_until: new Date(0), sent_at: new Date(1_000), accepted_at: new Date(1_000) } });
    const before = await row(id);
    expect((await post(`/${id}/redrive`)).body).toMatchObject({ dryRun: false, total: 1, verdicts: [{ verdict: 'redriven', count: 1 }] });
    expect(await row(id)).toMatchObject({
      state: 'QUEUED',
      attempts: 5,
      max_attempts: 10,
      failed_at: before['failed_at'],
      dead_lettered_at: null,
      reason: null,
      wamid: null,
      attempt_id: null,
      sent_at: null,
      accepted_at: null,
      content: before['content'],
      recipient: before['recipient'],
    });
    expect((await row(id))['valid_until'] as Date > new Date()).toBe(true);
    expect(await steps(id)).toEqual([{ type: 'redriven', detail: expect.objectContaining({ actor: expect.stringMatching(/^key:/) as unknown, failure: 'meta.131000', code: 131_000, attempts: 5 }) as unknown }]);
    expect(await listed('')).toEqual([]);
  });

  it('refuses what is no dead letter, what expired, and what may have arrived, unless that is allowed', async () => {
    const alive = await insertDead(pool, own, { state: 'DELIVERED', columns: { dead_lettered_at: null } });
    const expired = await insertDead(pool, own, { state: 'EXPIRED', reason: 'message.expired', code: null });
    const doubtful = await insertDead(pool, own, { reason: 'uncertain', code: null });
    expect((await post(`/${alive}/redrive`)).body).toMatchObject({ status: 409, code: 'dead-letter.state-conflict' });
    expect((await post(`/${expired}/redrive`)).body).toMatchObject({ status: 409, code: 'dead-letter.state-conflict', detail: expect.stringContaining('time was over') as unknown });
    expect((await post(`/${doubtful}/redrive`)).body).toMatchObject({ status: 409, code: 'dead-letter.uncertain' });
    const many = await post('/redrive', { ids: [alive, expired, doubtful] });
    expect((many.body['messages'] as Row[]).map((one) => one['verdict'])).toEqual(['not-dead', 'expired', 'uncertain']);
    for (const id of [alive, expired, doubtful]) expect(await steps(id)).toEqual([]);
    expect((await get(`/${doubtful}`)).body).toMatchObject({ mayHaveArrived: true });
    expect((await post(`/${doubtful}/redrive`, { allowDuplicate: true })).status).toBe(200);
    // Nobody but us said that it had failed.
    expect(await row(doubtful)).toMatchObject({ state: 'QUEUED', failed_at: null });
  });

  it('has one effect when it is asked for twice at once', async () => {
    const id = await insertDead(pool, own);
    const answers = await Promise.all([post(`/${id}/redrive`), post(`/${id}/redrive`), post(`/${id}/redrive`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await steps(id)).toHaveLength(1);
    expect(await row(id)).toMatchObject({ state: 'QUEUED', max_attempts: 10 });
  });

  it('tells beforehand what becomes of each, by ids and by a filter, and changes nothing', async () => {
    const good = await insertDead(pool, own);
    const doubtful = await insertDead(pool, own, { reason: 'uncertain', code: null });
    const stranger = { ...own, pair: { ...own.pair, contactId: (await insertContact(pool, own.tenantId)).id } };
    const lost = await insertDead(pool, stranger);
    const before = await Promise.all([good, doubtful, lost].map(row));
    const ids = [good, doubtful, lost, randomUUID()];
    const byIds = await post('/redrive', { ids, dryRun: true });
    expect(byIds.status).toBe(200);
    expect((byIds.body['messages'] as Row[]).map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['goes-out', null], ['uncertain', null], ['fails', 'consent.missing'], ['not-found', null],
    ]);
    const byFilter = await post('/redrive', { filter: {}, dryRun: true });
    expect(byFilter.body).toMatchObject({ dryRun: true, total: 3, isCapped: false, redrive: null });
    expect((byFilter.body['verdicts'] as Row[]).find(({ verdict }) => verdict === 'fails')).toMatchObject({ reason: 'consent.missing', count: 1, whatToDo: expect.stringContaining('consents') as unknown });
    expect((await post('/redrive', { filter: { reason: 'uncertain' }, dryRun: true, allowDuplicate: true })).body).toMatchObject({ verdicts: [{ verdict: 'goes-out', count: 1 }] });
    expect(await Promise.all([good, doubtful, lost].map(row))).toEqual(before);
    expect((await get('/redrives')).body['data']).toEqual([]);
  });

  it('of a filter begins in the background, and can be followed by its tenant alone', async () => {
    await insertDead(pool, own);
    const answer = await post('/redrive', { filter: { code: 131_000 } });
    expect([answer.status, answer.body]).toMatchObject([202, { dryRun: false, redrive: { state: 'RUNNING', filter: { code: 131_000 }, looked: 0, cause: null } }]);
    const { id } = answer.body['redrive'] as { id: string };
    expect((await get(`/redrives/${id}`)).body).toEqual(answer.body['redrive']);
    expect(((await get('/redrives')).body['data'] as Row[]).map((one) => one['id'])).toEqual([id]);
    expect((await get(`/redrives/${id}`, other)).status).toBe(404);
    expect((await get('/redrives', other)).body['data']).toEqual([]);
  });

  it.each([
    ['neither ids nor filter', {}, '/ids'],
    ['both', { ids: [randomUUID()], filter: {} }, '/ids'],
    ['no ids', { ids: [] }, '/ids'],
    ['an id that is none', { ids: ['x'] }, '/ids'],
    ['a filter that is none', { filter: { code: 'x' } }, '/filter/code'],
    ['a filter with a typing error', { filter: { numberID: randomUUID() } }, '/filter/numberID'],
  ])('is refused with %s', async (_, body, pointer) => {
    const answer = await post('/redrive', body);
    expect([answer.status, answer.body]).toMatchObject([422, { code: 'request.invalid', errors: [{ pointer: expect.stringContaining(pointer) as unknown }] }]);
  });
});

describe('discarding', () => {
  it('takes a message off the list; its state and reason stay, and who did it and why is known', async () => {
    const id = await insertDead(pool, own);
    expect((await post(`/${id}/discard`, {})).status).toBe(422);
    expect((await post(`/${id}/discard`, { reason: 'The guest came by.' })).status).toBe(204);
    expect(await row(id)).toMatchObject({ state: 'FAILED', reason: 'meta.131000', dead_lettered_at: null });
    expect(await steps(id)).toEqual([{ type: 'discarded', detail: expect.objectContaining({ reason: 'The guest came by.', actor: expect.stringMatching(/^key:/) as unknown }) as unknown }]);
    expect(await listed('')).toEqual([]);
    expect((await post(`/${id}/discard`, { reason: 'again' })).status).toBe(404);
    expect((await post(`/${id}/redrive`)).status).toBe(409);
  });
});
