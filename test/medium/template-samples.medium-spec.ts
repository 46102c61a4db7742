import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaStorage } from '@parley/storage';
import type pg from 'pg';
import { RecordingProxy } from '../contract/recording-proxy.js';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { openPool } from '../support/fixtures.js';
import * as files from '../support/media-files.js';
import { TestMeta } from '../support/meta.js';
import { fileForm } from '../support/upload-form.js';

const APP = '1001';
const NO_MEDIA = '0199a1b2-0000-7000-8000-00000000dead';
const BODY = { type: 'BODY', text: 'Our menu of this week.' };
const header = (mediaId: string, format = 'IMAGE') => ({ type: 'HEADER', format, example: { mediaId } });
const card = (mediaId: string) => ({ components: [header(mediaId), BODY, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Order' }] }] });

/** The simulator checks that a handle was given out, and for a file that fits the format. */
describe('a sample of a template that is named by a media', () => {
  let meta: TestMeta;
  let wire: RecordingProxy;
  let api: TestApi;
  let folder: string;
  let pool: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let numberId: string;
  let names = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-samples-'));
    meta = await TestMeta.start();
    wire = await RecordingProxy.start(meta.url);
    // The app of the configuration is not the one that the token belongs to.
    api = await TestApi.start({ GRAPH_URL: wire.url, STORAGE_FOLDER: folder, META_APP_ID: '77' });
    pool = openPool((await workerDatabase()).system, 2);
    [own, other] = [await api.tenant(), await api.tenant()];
    const connected = await api.call('POST', '/v1/numbers', { bearer: own.apiKey, body: await meta.account({ templates: [] }) });
    numberId = String(connected.body['id']);
    // Reviews are done by hand here.
    await meta.control('PUT', 'settings', { templateReviewDelayMs: null });
  });
  beforeEach(() => {
    wire.exchanges.length = 0;
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
    await wire.stop();
    await meta.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const call = (method: 'GET' | 'POST' | 'PUT', path: string, payload?: unknown): Promise<Answer> =>
    api.call(method, `/v1/templates${path}`, { bearer: own.apiKey, ...(payload !== undefined && { body: payload }) });
  const draft = (components: readonly object[], more: object = {}) => ({ numberId, name: `menu_${(names += 1)}`, language: 'en_US', category: 'MARKETING', components, ...more });

  async function created(...components: object[]): Promise<string> {
    const { status, body } = await call('POST', '', draft(components));
    expect([status, body]).toEqual([201, expect.objectContaining({ status: 'DRAFT', findings: [] })]);
    return String(body['id']);
  }

  /** Uploads a file of the tenant's. @returns its id */
  async function media(content: Buffer, tenant = own): Promise<string> {
    const { status, body } = await api.call('POST', '/v1/media', { bearer: tenant.apiKey, ...fileForm(content, 'menu') });
    expect(status).toBe(201);
    return String(body['id']);
  }

  /** Meta's verdict, and the sync that brings it here as if it came an hour later. */
  async function decide(id: string, verdict: string): Promise<void> {
    const { body } = await call('GET', `/${id}`);
    await meta.control('POST', `templates/${String(body['metaId'])}/review`, { verdict });
    await pool.query(
      `UPDATE templates SET status_at = status_at - interval '1 hour', category_at = category_at - interval '1 hour',
              components_at = components_at - interval '1 hour' WHERE id = $1`,
      [id],
    );
    await pool.query(`UPDATE accounts SET templates_listed_at = templates_listed_at - interval '1 hour'`);
    await api.call('POST', `/v1/numbers/${numberId}/sync-templates`, { bearer: own.apiKey });
  }

  /** What Meta was asked, each with its answer. */
  const asked = (path: RegExp) => wire.exchanges.filter(({ request }) => request.method === 'POST' && path.test(request.url));
  const uploads = () => asked(/\/uploads\?/);
  const handles = () => asked(/\/upload:/).map(({ answer }) => (answer as { h: string }).h);
  const submitted = () => asked(/\/message_templates/).map(({ request }) => JSON.parse(request.body) as { components: object[] });

  it.each([
    ['IMAGE', files.png, 'image/png'],
    ['VIDEO', files.mp4, 'video/mp4'],
    ['DOCUMENT', files.pdf, 'application/pdf'],
  ])('goes to Meta with the template, and is approved: %s', async (format, content, mimeType) => {
    const bytes = files.distinct(content());
    const mediaId = await media(bytes);
    const id = await created(header(mediaId, format), BODY);
    expect(uploads()).toEqual([]);
    expect((await call('POST', `/${id}/submit`, {})).body).toMatchObject({ status: 'PENDING', findings: [] });

    expect(uploads().map(({ request }) => request.url)).toEqual([
      expect.stringContaining(`/${APP}/uploads?file_length=${bytes.length}&file_type=${encodeURIComponent(mimeType)}&file_name=menu`),
    ]);
    expect(asked(/\/upload:/).map(({ request }) => request.body)).toEqual([bytes.toString()]);
    expect(submitted()).toEqual([expect.objectContaining({ components: [{ type: 'HEADER', format, example: { header_handle: handles() } }, BODY] })]);

    await decide(id, 'APPROVED');
    // Meta lists the address of a file, which is no news.
    const metaId = String((await call('GET', `/${id}`)).body['metaId']);
    expect(JSON.stringify(await meta.control('GET', `templates/${metaId}`))).toContain('https://scontent.');
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'APPROVED', version: 1, requiredParameters: { header: { kind: format.toLowerCase() } } });
    expect((await call('GET', `/${id}/versions`)).body['data']).toHaveLength(1);
  });

  it('is uploaded once where several cards name it, each of them gets its handle', async () => {
    const [one, two] = [await media(files.distinct(files.png())), await media(files.distinct(files.jpeg()))];
    const carousel = { type: 'CAROUSEL', cards: [card(one), card(two), card(one.toUpperCase())] };
    const { status, body } = await call('POST', '', draft([BODY, carousel], { submit: true }));
    expect([status, body['status']]).toEqual([201, 'PENDING']);
    expect(new Set(handles()).size).toBe(2);
    const [sent] = submitted();
    const given = [...JSON.stringify(sent).matchAll(/"header_handle":\["([^"]+)"\]/g)].map(([, handle]) => handle);
    expect([given.length, given[0] === given[2], new Set(given)]).toEqual([3, true, new Set(handles())]);
    expect(JSON.stringify(sent)).not.toContain('mediaId');
  });

  it('goes with an edit at Meta and with another language, and makes no version of its own', async () => {
    const mediaId = await media(files.distinct(files.png()));
    const id = await created(header(mediaId), BODY);
    await call('POST', `/${id}/submit`, {});
    await decide(id, 'REJECTED');
    const edited = await call('PUT', `/${id}`, { components: [header(await media(files.distinct(files.png()))), BODY] });
    expect([edited.status, edited.body]).toEqual([200, expect.objectContaining({ status: 'PENDING', version: 1 })]);
    await decide(id, 'APPROVED');
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'APPROVED', version: 1 });
    const ro = await call('POST', `/${id}/languages`, { language: 'ro', components: [header(mediaId), BODY], submit: true });
    expect([ro.status, ro.body]).toEqual([201, expect.objectContaining({ status: 'PENDING', language: 'ro' })]);
    expect(new Set(handles()).size).toBe(3);
  });

  it('stays named by a draft that Meta did not take, which goes again with a new handle', async () => {
    const mediaId = await media(files.distinct(files.png()));
    const id = await created(header(mediaId), BODY);
    await meta.control('POST', 'faults', { kind: 'error', code: 100, match: { path: 'message_templates' } });
    expect(await call('POST', `/${id}/submit`, {})).toMatchObject({ status: 422, body: { code: 'template.refused' } });
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'DRAFT', submittedAt: null, components: [header(mediaId), BODY] });
    expect((await call('POST', `/${id}/submit`, {})).body).toMatchObject({ status: 'PENDING' });
    expect(new Set(handles()).size).toBe(2);
  });

  it('leaves the draft as it is while Meta takes no uploads', async () => {
    const id = await created(header(await media(files.distinct(files.png()))), BODY);
    await meta.control('POST', 'faults', { kind: 'http', status: 503, match: { path: '/uploads' } });
    expect(await call('POST', `/${id}/submit`, {})).toMatchObject({ status: 502, body: { code: 'graph.unavailable', retryable: true } });
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'DRAFT', submittedAt: null });
    expect(submitted()).toEqual([]);
    expect((await call('POST', `/${id}/submit`, {})).body).toMatchObject({ status: 'PENDING' });
  });

  it("goes by the platform's app where Meta does not tell which app the token is of", async () => {
    const id = await created(header(await media(files.distinct(files.png()))), BODY);
    const platform = await TestApi.start({ GRAPH_URL: wire.url, STORAGE_FOLDER: folder, META_APP_ID: APP, REDIS_PREFIX: api.config.REDIS_PREFIX });
    try {
      await meta.control('POST', 'faults', { kind: 'error', code: 100, match: { path: 'debug_token' } });
      const answer = await platform.call('POST', `/v1/templates/${id}/submit`, { bearer: own.apiKey, body: {} });
      expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ status: 'PENDING' })]);
      expect(wire.exchanges.map(({ request, status }) => [request.url.includes('debug_token'), status])).toContainEqual([true, 400]);
    } finally {
      await platform.stop();
    }
  });

  describe('which cannot be one', () => {
    /** The refusals of a submission, of one with the draft, and of an edit at Meta: nothing goes to Meta, nothing is kept. */
    async function refusals(component: object): Promise<Answer['body'][]> {
      const draftId = await created(component, BODY);
      const edited = await created(header(await media(files.distinct(files.png()))), BODY);
      await call('POST', `/${edited}/submit`, {});
      await decide(edited, 'REJECTED');
      wire.exchanges.length = 0;
      const whole = draft([component, BODY], { submit: true });
      const answers = [await call('POST', `/${draftId}/submit`, {}), await call('POST', '', whole), await call('PUT', `/${edited}`, { components: [component, BODY] })];
      expect(wire.exchanges).toEqual([]);
      expect((await call('GET', `/${draftId}`)).body).toMatchObject({ status: 'DRAFT', submittedAt: null });
      expect((await call('GET', `?name=${whole.name}`)).body['data']).toEqual([]);
      expect((await call('GET', `/${edited}`)).body).toMatchObject({ status: 'REJECTED' });
      return answers.map(({ status, body }) => ({ ...body, status, requestId: '', instance: '' }));
    }

    const told = (code: string) =>
      Array.from({ length: 3 }, () => expect.objectContaining({ status: 422, code, errors: [expect.objectContaining({ code, pointer: '/components/0/example/mediaId' })] }) as unknown);

    it("is refused: a media that is not there, and alike that of another tenant", async () => {
      const missing = await refusals(header(NO_MEDIA));
      expect(missing).toEqual(told('media.not-found'));
      const foreign = await media(files.distinct(files.png()), other);
      expect(await refusals(header(foreign))).toEqual(missing);
    });

    it('is refused: a media of another kind, or of a type that Meta takes for no sample', async () => {
      expect(await refusals(header(await media(files.distinct(files.pdf()))))).toEqual(told('media.kind-mismatch'));
      expect(await refusals(header(await media(files.distinct(files.plainText())), 'DOCUMENT'))).toEqual(told('media.kind-mismatch'));
    });

    it('is refused: a media that was deleted, or whose content is gone from the storage', async () => {
      const [deleted, lost] = [await media(files.distinct(files.png())), await media(files.distinct(files.png()))];
      expect((await api.call('DELETE', `/v1/media/${deleted}`, { bearer: own.apiKey })).status).toBe(204);
      expect(await refusals(header(deleted))).toEqual(told('media.not-found'));
      const { rows } = await pool.query<{ storage_key: string }>('SELECT storage_key FROM media WHERE id = $1', [lost]);
      await api.app.get(MediaStorage, { strict: false }).delete(rows[0]!.storage_key);
      const id = await created(header(lost), BODY);
      expect(await call('POST', `/${id}/submit`, {})).toMatchObject({ status: 422, body: { code: 'media.not-found', errors: [{ pointer: '/components/0/example/mediaId' }] } });
      expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'DRAFT', submittedAt: null });
    });

    it('is found by the lint: no id at all, or a handle beside it', async () => {
      const ofLint = async (example: object) => {
        const { status, body } = await call('POST', '', draft([{ type: 'HEADER', format: 'IMAGE', example }, BODY], { submit: true }));
        return [status, (body['errors'] as { code: string }[]).map(({ code }) => code)];
      };
      expect(await ofLint({ mediaId: 'menu.png' })).toEqual([422, ['header.media-id-invalid']]);
      expect(await ofLint({ mediaId: NO_MEDIA, header_handle: ['4::a'] })).toEqual([422, ['header.two-samples']]);
      expect(wire.exchanges).toEqual([]);
    });
  });
});
