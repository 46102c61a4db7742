import { Ajv2020 } from 'ajv/dist/2020.js';
import type pg from 'pg';
import { workerDatabase } from '../support/database.js';
import { openPool } from '../support/fixtures.js';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { TestMeta } from '../support/meta.js';

const NOBODY = '0199a1b2-0000-7000-8000-00000000dead';
const body = (text: string) => ({ type: 'BODY', text, example: { body_text: [['Ana']] } });
const HELLO = body('Hello {{1}}, your table is ready.');
const BYE = body('Goodbye {{1}}, come back soon.');

describe('the life of a template', () => {
  let api: TestApi;
  let meta: TestMeta;
  let pool: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let numberId: string;
  let names = 0;

  beforeAll(async () => {
    meta = await TestMeta.start();
    api = await TestApi.start({ GRAPH_URL: meta.url });
    pool = openPool((await workerDatabase()).system, 2);
    [own, other] = [await api.tenant(), await api.tenant()];
    const connected = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body: await meta.account({ templates: [] }) });
    numberId = String(connected.body['id']);
    // Reviews are done by hand here.
    await meta.control('PUT', 'settings', { templateReviewDelayMs: null });
  });

  afterAll(async () => {
    await pool.end();
    await api.stop();
    await meta.stop();
  });

  const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: unknown, tenant = own): Promise<Answer> =>
    api.call(method, `/v1/templates${path}`, { bearer: tenant.apiKey, ...(payload !== undefined && { body: payload }) });
  const draft = (more: object = {}) => ({ numberId, name: `life_${(names += 1)}`, language: 'en_US', category: 'UTILITY', components: [HELLO], ...more });

  async function created(more: object = {}): Promise<Answer['body'] & { id: string }> {
    const answer = await call('POST', '', draft(more));
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer.body as Answer['body'] & { id: string };
  }

  /** Submitted, and decided by Meta; the sync brings it here. */
  async function decided(verdict: string, more: object = {}): Promise<Answer['body'] & { id: string }> {
    const { id, metaId } = await created({ submit: true, ...more });
    await meta.control('POST', `templates/${String(metaId)}/review`, { verdict });
    await later(id);
    await sync();
    return (await call('GET', `/${id}`)).body as Answer['body'] & { id: string };
  }

  const sync = () => api.call('POST', `/v1/numbers/${numberId}/sync-templates`, { bearer: own.apiKey });
  /** As if what is known of it had been said an hour ago, and its list read then. */
  async function later(id: string): Promise<void> {
    await pool.query(
      `UPDATE templates SET status_at = status_at - interval '1 hour', category_at = category_at - interval '1 hour',
              components_at = components_at - interval '1 hour' WHERE id = $1`,
      [id],
    );
    await pool.query(`UPDATE accounts SET templates_listed_at = templates_listed_at - interval '1 hour' WHERE id = (SELECT account_id FROM templates WHERE id = $1)`, [id]);
  }

  it('begins as a draft, which Meta does not know of', async () => {
    const one = await created();
    expect(one).toMatchObject({ status: 'DRAFT', metaId: null, version: 1, language: 'en_US', submittedAt: null, findings: [] });
    expect((await sync()).body).toMatchObject({ removed: 0 });
    expect((await call('GET', `/${one.id}`)).body).toMatchObject({ status: 'DRAFT' });
  });

  it('may break rules as a draft, and is never sent to Meta like that', async () => {
    const broken = draft({ components: [body('{{1}} is ready')] });
    const refused = await call('POST', '', { ...broken, submit: true });
    expect(refused).toMatchObject({ status: 422, body: { code: 'template.invalid', errors: [{ pointer: '/components/0/text', code: 'variable.at-edge' }, { code: 'variable.too-dense' }] } });
    const { body: kept } = await call('POST', '', broken);
    expect(kept).toMatchObject({ status: 'DRAFT', findings: [{ rule: 'variable.at-edge', severity: 'error' }, { rule: 'variable.too-dense' }] });
    expect(await call('POST', `/${String(kept['id'])}/submit`, {})).toMatchObject({ status: 422, body: { code: 'template.invalid' } });
    expect((await call('GET', `/${String(kept['id'])}`)).body).toMatchObject({ status: 'DRAFT', submittedAt: null });
  });

  it('is submitted, reviewed and read again', async () => {
    const { id, metaId, version } = await decided('APPROVED');
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'APPROVED', metaId: expect.stringMatching(/^\d+$/) as unknown, version: 1 });
    expect([metaId, version]).toEqual([expect.any(String), 1]);
    expect(await call('POST', `/${id}/submit`, {})).toMatchObject({ status: 409, body: { code: 'template.state-conflict' } });
    const { rows } = await pool.query('SELECT type FROM events WHERE resource_id = $1', [id]);
    expect(rows).toEqual([{ type: 'whatsapp.template_approved' }]);
  });

  it("tells Meta's refusal with its code, and stays a draft", async () => {
    const taken = await decided('APPROVED');
    await pool.query(`UPDATE templates SET status = 'DISABLED', rejected_reason = 'REMOVED' WHERE id = $1`, [taken.id]);
    const refused = await call('POST', '', draft({ name: taken['name'], submit: true }));
    expect(refused).toMatchObject({ status: 422, body: { code: 'template.refused', meta: { graphCode: 100, graphSubcode: expect.any(Number) as unknown } } });
    expect((await call('GET', `/${taken.id}`)).body).toMatchObject({ status: 'DRAFT', metaId: null, submittedAt: null, version: 1 });
  });

  it('is not made twice with one name and language, but in another language', async () => {
    const { id, name } = await created();
    expect(await call('POST', '', draft({ name }))).toMatchObject({ status: 409, body: { code: 'template.exists' } });
    const ro = body('Bună {{1}}, masa este pregătită.');
    expect(await call('POST', `/${id}/languages`, { language: 'ro', components: [ro] })).toMatchObject({ status: 201, body: { name, language: 'ro', category: 'UTILITY', status: 'DRAFT' } });
    expect((await call('POST', `/${id}/languages`, { language: 'en-us', components: [ro] })).status).toBe(409);
    const { body: grouped } = await call('GET', `?groupBy=name&name=${String(name)}`);
    expect(grouped).toMatchObject({ data: [{ name, languages: [{ language: 'en_US' }, { language: 'ro' }] }], hasMore: false });
  });

  it('lists names page by page', async () => {
    const long = `${'z'.repeat(505)}_${(names += 1)}`;
    const made = [await created(), await created({ name: long }), await created({ name: `${long}z` })].map(({ name }) => name);
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { body: page } = await call('GET', `?groupBy=name&numberId=${numberId}&limit=2${cursor}`);
      seen.push(...(page['data'] as { name: string }[]).map(({ name }) => name));
      cursor = page['nextCursor'] === null ? '' : `&cursor=${String(page['nextCursor'])}`;
    } while (cursor);
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen).toEqual(expect.arrayContaining(made));
    expect(await call('GET', '?groupBy=name&cursor=%20')).toMatchObject({ status: 422 });
  });

  it('changes as a draft here, with a version for each change of what it says', async () => {
    const { id } = await created();
    expect((await call('PUT', `/${id}`, { ttlSeconds: 600 })).body).toMatchObject({ version: 1, ttlSeconds: 600 });
    expect((await call('PUT', `/${id}`, { components: [BYE] })).body).toMatchObject({ version: 2, status: 'DRAFT' });
    expect((await call('PUT', `/${id}`, { category: 'MARKETING', ttlSeconds: 43_200 })).body).toMatchObject({ version: 3 });
    const { body: versions } = await call('GET', `/${id}/versions?limit=2`);
    expect(versions).toMatchObject({ data: [{ version: 3, category: 'MARKETING', origin: 'tenant' }, { version: 2, category: 'UTILITY' }], hasMore: true });
    expect((await call('GET', `/${id}/versions?limit=2&cursor=${String(versions['nextCursor'])}`)).body).toMatchObject({ data: [{ version: 1 }], hasMore: false });
    expect((await call('GET', `/${id}/versions/1/diff/3`)).body).toMatchObject({
      patch: expect.arrayContaining([{ op: 'replace', path: '/category', value: 'MARKETING' }]) as unknown,
      lines: ['Category: UTILITY → MARKETING', 'Body: “Hello {{1}}, your table is ready.” → “Goodbye {{1}}, come back soon.”'],
    });
    for (const place of ['9', '0', 'x', '99999999999']) expect((await call('GET', `/${id}/versions/1/diff/${place}`)).status).toBe(404);
  });

  it('changes through Meta by its rules, which are told beforehand', async () => {
    const pending = await created({ submit: true });
    expect(await call('PUT', `/${pending.id}`, { components: [BYE] })).toMatchObject({ status: 409, body: { code: 'template.state-conflict' } });
    const { id, metaId } = await decided('APPROVED');
    expect(await call('PUT', `/${id}`, { category: 'MARKETING' })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/category' }] } });
    expect(await call('PUT', `/${id}`, { parameterFormat: 'NAMED' })).toMatchObject({ status: 409 });
    expect(await call('PUT', `/${id}`, { components: [body('Ready')] })).toMatchObject({ status: 200 });
    const { body: edited } = await call('GET', `/${id}`);
    expect(edited).toMatchObject({ status: 'PENDING', version: 2, components: [{ text: 'Ready' }] });
    expect(await meta.control('GET', `templates/${String(metaId)}`)).toMatchObject({ components: [{ text: 'Ready' }] });
    await meta.control('POST', `templates/${String(metaId)}/review`, { verdict: 'APPROVED' });
    await later(id);
    await sync();
    const again = await call('PUT', `/${id}`, { components: [HELLO] });
    expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('once in 24 hours') as unknown } });
  });

  it('may change its category where Meta rejected it', async () => {
    const { id, status } = await decided('REJECTED');
    expect(status).toBe('REJECTED');
    expect(await call('PUT', `/${id}`, { category: 'MARKETING', components: [BYE] })).toMatchObject({
      status: 200,
      body: { status: 'PENDING', category: 'MARKETING', previousCategory: 'UTILITY', version: 2 },
    });
  });

  it('is released from a pause', async () => {
    const { id, metaId } = await decided('APPROVED');
    expect(await call('POST', `/${id}/unpause`, {})).toMatchObject({ status: 409 });
    await meta.control('POST', `templates/${String(metaId)}/review`, { verdict: 'PAUSED_BY_PACING' });
    await later(id);
    await sync();
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'PAUSED' });
    expect(await call('POST', `/${id}/unpause`, {})).toMatchObject({ status: 200, body: { status: 'APPROVED' } });
  });

  it('is deleted in one language, or in all, and stays readable', async () => {
    const en = await decided('APPROVED');
    const ro = (await call('POST', `/${en.id}/languages`, { language: 'ro', components: [HELLO], submit: true })).body;
    expect((await call('DELETE', `/${en.id}`)).status).toBe(204);
    expect((await call('GET', `/${en.id}`)).body).toMatchObject({ status: 'DISABLED', rejectedReason: 'REMOVED' });
    expect((await call('GET', `/${String(ro['id'])}`)).body).toMatchObject({ status: 'PENDING' });
    expect((await call('DELETE', `/${en.id}`)).status).toBe(204);
    expect((await call('DELETE', `/${String(ro['id'])}?allLanguages=true`)).status).toBe(204);
    expect((await call('GET', `/${String(ro['id'])}`)).body).toMatchObject({ status: 'DISABLED' });
    expect(await call('PUT', `/${en.id}`, { components: [BYE] })).toMatchObject({ status: 409 });
  });

  it('may be made anew after a draft of its name was dropped; its versions go on', async () => {
    const { id, name } = await created();
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'DISABLED', rejectedReason: 'REMOVED' });
    expect((await call('POST', '', draft({ name, components: [BYE] }))).body).toMatchObject({ id, status: 'DRAFT', version: 2 });
  });

  it('is not deleted where Meta disabled it', async () => {
    const { id } = await decided('APPROVED');
    await pool.query(`UPDATE templates SET status = 'DISABLED' WHERE id = $1`, [id]);
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 409, body: { code: 'template.state-conflict' } });
  });

  it('is held against the rules without being saved', async () => {
    const report = await call('POST', '/lint', { name: 'Bad Name', language: 'en', category: 'UTILITY', components: [HELLO] });
    expect(report).toMatchObject({ status: 200, body: { ok: false, findings: [{ rule: 'name.invalid', pointer: '/name', severity: 'error' }] } });
    expect((await call('POST', '/lint', { name: 'good', language: 'en', category: 'UTILITY', components: [HELLO] })).body).toEqual({ ok: true, findings: [] });
  });

  it('says by a schema what a send must give, and shows it filled in', async () => {
    const { id } = await created();
    const isValid = new Ajv2020({ strict: false }).compile((await call('GET', `/${id}/schema`)).body);
    expect([isValid({ body: ['Ana'] }), isValid({ body: [] }), isValid({})]).toEqual([true, false, false]);
    expect((await call('POST', `/${id}/preview`, { parameters: { body: ['Ana'] } })).body).toMatchObject({ body: 'Hello Ana, your table is ready.', errors: [] });
    expect((await call('POST', `/${id}/preview`, {})).body).toMatchObject({ errors: [{ pointer: '/parameters/body', code: 'parameter.missing' }] });
  });

  it('is forgotten by the cache with every change', async () => {
    const { id } = await created();
    expect((await call('GET', `/${id}`)).body).toMatchObject({ version: 1 });
    await call('PUT', `/${id}`, { components: [BYE] });
    expect((await call('GET', `/${id}`)).body).toMatchObject({ version: 2, components: [{ text: BYE.text }] });
  });

  it('stays a draft while Meta cannot be reached, and its account is read again', async () => {
    const { id } = await created();
    const away = await TestApi.start({ GRAPH_URL: 'http://127.0.0.1:9', REDIS_PREFIX: api.config.REDIS_PREFIX });
    try {
      const answer = await away.call('POST', `/v1/templates/${id}/submit`, { bearer: own.apiKey, body: {} });
      expect(answer).toMatchObject({ status: 502, body: { code: 'graph.unavailable', retryable: true } });
    } finally {
      await away.stop();
    }
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'DRAFT' });
    const { rows } = await pool.query(`SELECT synced_at < now() - interval '1 day' AS due FROM phone_numbers WHERE id = $1`, [numberId]);
    expect(rows).toEqual([{ due: true }]);
    expect((await call('POST', `/${id}/submit`, {})).body).toMatchObject({ status: 'PENDING' });
  });

  it('is submitted once by those who come at once, and as it was read', async () => {
    const { id } = await created();
    const answers = await Promise.all([call('POST', `/${id}/submit`, {}), call('POST', `/${id}/submit`, {}), call('PUT', `/${id}`, { components: [BYE] })]);
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const { body } = await call('GET', `/${id}`);
    if (body['metaId'] === null) return;
    const [ours, theirs] = [body['components'], ((await meta.control('GET', `templates/${String(body['metaId'])}`)) as { components: unknown }).components];
    expect(ours).toMatchObject(theirs as object);
  });

  it('is neither changed nor submitted again while it is on its way to Meta', async () => {
    const { id } = await created();
    await pool.query('UPDATE templates SET submitted_at = now() WHERE id = $1', [id]);
    expect(await call('PUT', `/${id}`, { components: [BYE] })).toMatchObject({ status: 409, body: { code: 'template.state-conflict' } });
    expect(await call('POST', `/${id}/submit`, {})).toMatchObject({ status: 409, body: { code: 'template.state-conflict' } });
    await pool.query(`UPDATE templates SET submitted_at = date_trunc('second', now() - interval '2 minutes') WHERE id = $1`, [id]);
    expect((await call('PUT', `/${id}`, { components: [BYE] })).status).toBe(200);
  });

  it('is only looked at by those who may only read', async () => {
    const { id } = await created();
    const key = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body: { name: 'reader', scopes: ['templates:read'] } });
    const reader = { ...own, apiKey: String(key.body['key']) };
    expect((await call('GET', `/${id}`, undefined, reader)).status).toBe(200);
    for (const [method, path] of [['POST', ''], ['PUT', `/${id}`], ['POST', `/${id}/submit`], ['POST', `/${id}/unpause`], ['POST', `/${id}/languages`], ['DELETE', `/${id}`]] as const) {
      expect(await call(method, path, method === 'DELETE' ? undefined : {}, reader)).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
    }
  });

  it('belongs to one tenant only', async () => {
    const { id, accountId } = await created();
    const routes = [
      ['GET', ''], ['GET', '/schema'], ['GET', '/versions'], ['GET', '/versions/1/diff/1'], ['POST', '/preview'], ['PUT', ''], ['POST', '/submit'], ['POST', '/unpause'],
      ['POST', '/languages', { language: 'ro', components: [HELLO] }], ['DELETE', ''],
    ] as const;
    for (const [method, path, payload = {}] of routes) {
      const ask = async (one: string) => {
        const { status, body: problem } = await call(method, `/${one}${path}`, method === 'GET' || method === 'DELETE' ? undefined : payload, other);
        return [status, { ...problem, requestId: '' }];
      };
      expect([method, path, await ask(id)]).toEqual([method, path, await ask(NOBODY)]);
      expect((await ask(id))[0]).toBe(404);
    }
    expect(await call('POST', '', draft(), other)).toMatchObject({ status: 422, body: { code: 'number.not-found' } });
    expect(await call('POST', '', draft({ numberId: undefined, accountId }), other)).toMatchObject({ status: 422, body: { code: 'account.not-found' } });
    expect((await call('POST', '', draft({ numberId: undefined, accountId }))).status).toBe(201);
  });

  it.each([
    ['both number and account', { accountId: NOBODY }],
    ['neither', { numberId: undefined }],
    ['no name', { name: 'No Name' }],
    ['no language', { language: 'english' }],
    ['no components', { components: {} }],
    ['another category', { category: 'SERVICE' }],
    ['a text that cannot be stored', { components: [{ type: 'BODY', text: 'a\u0000b' }] }],
    ['an unknown member', { colour: 'red' }],
  ])('is not made of %s', async (_name, more) => {
    expect((await call('POST', '', draft(more))).status).toBe(422);
  });
});
