import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { MEDIA_LIMIT_BYTES } from '@parley/domain';
import { signBody } from '@parley/graph';
import { accountTokenPlace } from '@parley/messaging';
import { Sealer } from '@parley/platform';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { FakeGraph, json } from '../support/fake-graph.js';
import * as files from '../support/media-files.js';
import { fileForm, formOf, type Form } from '../support/upload-form.js';
import { waitFor } from '../support/wait-for.js';

const NO_MEDIA = '0199a1b2-0000-7000-8000-00000000dead';

describe('media', () => {
  let api: TestApi;
  let graph: FakeGraph;
  let folder: string;
  let database: pg.Pool;
  let own: TestTenant;
  let other: TestTenant;
  let uploads: { status: number; body: unknown };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-media-'));
    graph = await FakeGraph.start((_, response) => json(response, uploads.status, uploads.body));
    api = await TestApi.start({ STORAGE_FOLDER: folder, GRAPH_URL: graph.url });
    database = new pg.Pool({ connectionString: (await workerDatabase()).system, max: 2 });
    [own, other] = [await api.tenant(), await api.tenant()];
  });
  beforeEach(() => {
    uploads = { status: 200, body: { id: '900' } };
    graph.seen.length = 0;
  });
  afterAll(async () => {
    await database.end();
    await api.stop();
    await graph.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const send = (form: Form, tenant = own): Promise<Answer> => api.call('POST', '/v1/media', { bearer: tenant.apiKey, ...form });
  const upload = (content: Buffer, fileName?: string, type?: string): Promise<Answer> => send(fileForm(content, fileName, type));
  const get = (path: string, tenant = own, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call('GET', `/v1/media/${path}`, { bearer: tenant.apiKey, headers });
  const stored = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  const rows = async (): Promise<number> => Number((await database.query<{ n: string }>('SELECT count(*) AS n FROM media')).rows[0]!.n);

  /** Runs it and shows that it left nothing: no row, no file, whole or not. */
  async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
    const [files, count] = [await stored(), await rows()];
    const result = await work();
    await waitFor(async () => (await stored()).length === files.length);
    expect(await rows()).toBe(count);
    return result;
  }

  /** The columns of a row that a customer's message made. */
  async function inbound(columns: Record<string, unknown>, tenant = own): Promise<string> {
    const all = { tenant_id: tenant.id, direction: 'INBOUND', kind: 'image', state: 'PENDING', ...columns };
    const names = Object.keys(all);
    const text = `INSERT INTO media (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')}) RETURNING id`;
    return (await database.query<{ id: string }>(text, Object.values(all))).rows[0]!.id;
  }

  describe('that is uploaded', () => {
    it('is told by its content, kept, and given back as it was', async () => {
      const content = files.distinct(files.jpeg());
      const answer = await upload(content, 'résumé.exe', 'application/x-msdownload');
      expect(answer).toMatchObject({
        status: 201,
        body: {
          direction: 'OUTBOUND',
          kind: 'image',
          mimeType: 'image/jpeg',
          bytes: content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
          fileName: 'résumé.exe',
          state: 'STORED',
          reason: null,
        },
      });
      const id = String(answer.body['id']);
      expect((await get(`${id}/info`)).body).toEqual(answer.body);
      const download = await api.app.inject({ method: 'GET', url: `/v1/media/${id}`, headers: { authorization: `Bearer ${own.apiKey}` } });
      expect(download.rawPayload.equals(content)).toBe(true);
      expect(download).toMatchObject({ statusCode: 200, headers: { 'content-type': 'image/jpeg', 'content-length': String(content.length), 'x-content-type-options': 'nosniff' } });
    });

    it('is never shown as a page or a drawing that runs, whatever it says that it is', async () => {
      const { body } = await upload(files.distinct(files.html()), 'page.html', 'text/html');
      const page = await get(String(body['id']));
      expect(page.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': 'attachment; filename="page.html"',
        'content-security-policy': expect.stringContaining('sandbox') as unknown,
      });
      expect(await leavesNothing(() => upload(files.svg(), 'logo.png', 'image/png'))).toMatchObject({ status: 415, body: { code: 'media.type-unsupported' } });
    });

    it('is one media for the same content, also five times at once, and one for each tenant', async () => {
      const content = files.distinct(files.pdf());
      const answers = await Promise.all(Array.from({ length: 5 }, (_, at) => upload(content, `name-${at}.pdf`)));
      expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
      const inOther = await send(fileForm(content), other);
      expect(inOther.status).toBe(201);
      expect(inOther.body['id']).not.toBe(answers[0]!.body['id']);
      await leavesNothing(() => upload(content));
    });

    it('costs no bytes to ask for again, until it changes', async () => {
      const { body } = await upload(files.distinct(files.png()));
      const first = await get(String(body['id']));
      const tag = String(first.headers['etag']);
      expect(tag).toBe(`"${String(body['sha256'])}"`);
      expect(await get(String(body['id']), own, { 'if-none-match': tag })).toMatchObject({ status: 304, text: '' });
      expect(await get(String(body['id']), own, { 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
    });

    it('is gone when it is deleted, and the same content can be uploaded anew', async () => {
      const content = files.distinct(files.png());
      const { body } = await upload(content);
      const id = String(body['id']);
      const path = `/v1/media/${id}`;
      expect((await api.call('DELETE', path, { bearer: own.apiKey })).status).toBe(204);
      expect((await api.call('DELETE', path, { bearer: own.apiKey })).status).toBe(204);
      expect(await get(id)).toMatchObject({ status: 410, body: { code: 'media.failed', detail: 'The file was deleted.' } });
      expect((await get(`${id}/info`)).body).toMatchObject({ state: 'FAILED', reason: { code: 'media.deleted' }, fileName: null });
      expect(await upload(content)).toMatchObject({ status: 201 });
    });

    it('can be deleted only by its tenant, and read only by its tenant: to others it does not exist', async () => {
      const { body } = await upload(files.distinct(files.png()));
      const id = String(body['id']);
      const same = (answer: Answer) => ({ status: answer.status, body: { ...answer.body, requestId: '' } });
      for (const path of [id, `${id}/info`]) {
        expect((await get(path)).status).toBe(200);
        expect(same(await get(path, other))).toEqual(same(await get(path.replace(id, NO_MEDIA), other)));
        expect((await get(path, other)).status).toBe(404);
      }
      const foreign = await api.call('DELETE', `/v1/media/${id}`, { bearer: other.apiKey });
      expect(same(foreign)).toEqual(same(await api.call('DELETE', `/v1/media/${NO_MEDIA}`, { bearer: other.apiKey })));
      expect((await get(id)).status).toBe(200);
    });

    it('needs the scope for it', async () => {
      const reader = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body: { name: 'reader', scopes: ['media:read'] } });
      const bearer = String(reader.body['key']);
      const form = fileForm(files.distinct(files.png()));
      expect(await api.call('POST', '/v1/media', { bearer, ...form })).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
      const { id } = (await send(form)).body as { id: string };
      expect((await api.call('GET', `/v1/media/${id}/info`, { bearer })).status).toBe(200);
      expect((await api.call('DELETE', `/v1/media/${id}`, { bearer })).status).toBe(403);
    });
  });

  describe('that is refused', () => {
    it.each([
      ['an empty file', () => fileForm(Buffer.alloc(0)), 422, 'media.content-invalid', '/file'],
      ['a program under the name of a picture', () => fileForm(files.program(), 'cat.jpg', 'image/jpeg'), 415, 'media.type-unsupported', '/file'],
      ['a text that turns out to be none', () => fileForm(Buffer.concat([Buffer.alloc(300_000, 'a'), Buffer.from([0, 1])]), 'notes.txt'), 415, 'media.type-unsupported', '/file'],
      ['an Ogg with Vorbis', () => fileForm(files.vorbis()), 415, 'media.type-unsupported', '/file'],
      ['a sticker of another size', () => fileForm(files.webp({ height: 100 })), 422, 'media.content-invalid', '/file'],
      ['no file', () => formOf(), 422, 'request.invalid', '/file'],
      ['a file in another field', () => formOf({ name: 'photo', content: files.png(), fileName: 'a.png' }), 422, 'request.invalid', '/file'],
      ['a field that is not known', () => formOf({ name: 'tenantId', content: 'x' }, { name: 'file', content: files.png(), fileName: 'a.png' }), 422, 'request.invalid', ''],
      ['a number that is none', () => formOf({ name: 'numberId', content: '1 OR 1=1' }, { name: 'file', content: files.png(), fileName: 'a.png' }), 422, 'request.invalid', '/numberId'],
      ['a field behind the file', () => formOf({ name: 'file', content: files.distinct(files.png()), fileName: 'a.png' }, { name: 'numberId', content: NO_MEDIA }), 422, 'request.invalid', '/numberId'],
      ['two files', () => formOf(...[1, 2].map(() => ({ name: 'file', content: files.distinct(files.png()), fileName: 'a.png' }))), 422, 'request.invalid', '/file'],
    ] as const)('%s leaves nothing, and is told with its place', async (_, form, status, code, pointer) => {
      const answer = await leavesNothing(() => send(form()));
      expect(answer).toMatchObject({ status, body: { code, errors: [{ pointer }] } });
    });

    it.each([
      ['an image', files.png(), MEDIA_LIMIT_BYTES.image],
      ['a video', files.mp4(), MEDIA_LIMIT_BYTES.video],
    ])('%s of one byte too many leaves nothing', async (_, content, limit) => {
      const answer = await leavesNothing(() => upload(files.ofLength(content, limit + 1)));
      expect(answer).toMatchObject({ status: 413, body: { code: 'media.too-large', detail: expect.stringContaining(String(limit)) as unknown } });
    });

    it('a form that is cut, at any place, leaves nothing', async () => {
      const { raw, headers } = fileForm(files.distinct(files.ofLength(files.pdf(), 200_000)));
      for (const bytes of [10, 150, 5_000, 150_000, raw.length - 30, raw.length - 5]) {
        const answer = await leavesNothing(() => send({ raw: raw.subarray(0, bytes), headers }));
        expect([bytes, answer.status, answer.body['code']]).toEqual([bytes, 400, 'request.malformed']);
      }
    });

    it('what is no form is told so', async () => {
      const picture = { raw: files.png(), headers: { 'content-type': 'image/png' } };
      const calls = [{ bearer: own.apiKey, body: {} }, { bearer: own.apiKey, ...picture }, { bearer: own.apiKey }];
      for (const call of calls) {
        expect(await api.call('POST', '/v1/media', call)).toMatchObject({ status: 415, body: { code: 'media-type.unsupported', detail: expect.stringContaining('multipart') as unknown } });
      }
    });

    it('a form to any other route is of no type that it knows', async () => {
      const answer = await api.call('POST', '/v1/messages', { bearer: own.apiKey, ...fileForm(files.png()) });
      expect(answer).toMatchObject({ status: 415, body: { code: 'media-type.unsupported' } });
    });

    it('a form that Meta signed is a webhook like any other: bytes', async () => {
      const { raw, headers } = formOf({ name: 'object', content: 'whatsapp_business_account' });
      const signed = { ...headers, 'x-hub-signature-256': signBody(raw, api.config.META_APP_SECRETS[0]!) };
      expect((await api.call('POST', '/webhooks/whatsapp', { raw, headers: signed })).status).toBe(200);
      expect((await api.call('POST', '/webhooks/whatsapp', { raw: raw.subarray(1), headers: signed })).status).toBe(401);
    });

    it('is refused before any of it is read where the caller may not upload', async () => {
      const answer = await leavesNothing(() => api.call('POST', '/v1/media', fileForm(files.png())));
      expect(answer.status).toBe(401);
    });
  });

  describe('over a connection', () => {
    let port: number;

    beforeAll(async () => {
      await api.app.listen(0, '127.0.0.1');
      port = (api.app.getHttpServer().address() as AddressInfo).port;
    });

    it('that breaks off leaves nothing', async () => {
      const { raw, headers } = fileForm(files.ofLength(files.pdf(), 3_000_000));
      await leavesNothing(async () => {
        const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/media', headers: { ...headers, authorization: `Bearer ${own.apiKey}`, 'content-length': raw.length } });
        call.on('error', () => {});
        call.write(raw.subarray(0, 2_000_000));
        await waitFor(async () => (await stored()).some((name) => name.endsWith('.part')));
        call.destroy();
        await waitFor(async () => !(await stored()).some((name) => name.endsWith('.part')));
      });
    });

    it('is answered as soon as it is too large, and the rest is read away instead of cutting the connection', async () => {
      const { raw, headers } = fileForm(files.ofLength(files.png(), MEDIA_LIMIT_BYTES.image + 3_000_000));
      const answered = Promise.withResolvers<number | undefined>();
      const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/media', headers: { ...headers, authorization: `Bearer ${own.apiKey}`, 'content-length': raw.length } }, (response) => {
        response.resume();
        answered.resolve(response.statusCode);
      });
      call.on('error', answered.reject);
      call.write(raw.subarray(0, MEDIA_LIMIT_BYTES.image + 1_000_000));
      expect(await answered.promise).toBe(413);
      const { socket } = call;
      call.end(raw.subarray(MEDIA_LIMIT_BYTES.image + 1_000_000));
      await new Promise((resolve) => call.once('close', resolve));
      expect(socket?.destroyed).toBe(false);
      socket?.destroy();
    });
  });

  describe('with a number', () => {
    let numberId: string;

    beforeAll(async () => {
      const account = (await database.query<{ id: string }>(`INSERT INTO accounts (tenant_id, waba_id, name, token_sealed) VALUES ($1, $2, 'a', 'x') RETURNING id`, [own.id, `77${Date.now()}`])).rows[0]!.id;
      const sealed = api.app.get(Sealer, { strict: false }).seal('EAAmedia', accountTokenPlace(own.id, account, 1));
      await database.query('UPDATE accounts SET token_sealed = $2 WHERE id = $1', [account, sealed]);
      const columns = `tenant_id, account_id, graph_id, display_phone_number, verified_name, status`;
      numberId = (await database.query<{ id: string }>(`INSERT INTO phone_numbers (${columns}) VALUES ($1, $2, $3, '+40', 'a', 'CONNECTED') RETURNING id`, [own.id, account, `88${Date.now()}`])).rows[0]!.id;
    });

    const withNumber = (content: Buffer, id = numberId): Form => formOf({ name: 'numberId', content: id }, { name: 'file', content, fileName: 'cat.png' });

    it('goes to Meta at once, and once', async () => {
      const content = files.distinct(files.png());
      const first = await send(withNumber(content));
      expect(first.status).toBe(201);
      expect(await send(withNumber(content))).toMatchObject({ status: 200, body: { id: first.body['id'] } });
      expect(graph.seen).toHaveLength(1);
      expect(graph.seen[0]).toMatchObject({ method: 'POST', headers: { authorization: 'Bearer EAAmedia' }, url: expect.stringMatching(/\/media$/) as unknown });
      const { rows: uploaded } = await database.query('SELECT graph_media_id, expires_at > now() + interval \'27 days\' AS lasting FROM media_uploads WHERE media_id = $1', [first.body['id']]);
      expect(uploaded).toEqual([{ graph_media_id: '900', lasting: true }]);
    });

    it('is kept when Meta refuses it, with the words of Meta, and the next call tries again', async () => {
      uploads = { status: 400, body: { error: { code: 131053, message: '(#131053) Media upload error', fbtrace_id: 'T9' } } };
      const content = files.distinct(files.png());
      expect(await send(withNumber(content))).toMatchObject({ status: 502, body: { code: 'graph.refused', meta: { graphCode: 131053, traceId: 'T9' } } });
      uploads = { status: 200, body: { id: '901' } };
      expect(await send(withNumber(content))).toMatchObject({ status: 200, body: { state: 'STORED' } });
    });

    it('of another tenant is refused before the file is read', async () => {
      const refused = await leavesNothing(() => send(withNumber(files.distinct(files.png())), other));
      expect(refused).toMatchObject({ status: 422, body: { code: 'number.not-found', errors: [{ pointer: '/numberId' }] } });
      const unknown = await send(withNumber(files.png(), NO_MEDIA), other);
      expect({ ...unknown.body, requestId: '' }).toEqual({ ...refused.body, requestId: '' });
      expect(graph.seen).toEqual([]);
    });
  });

  describe('that a customer sent', () => {
    it('is not there yet while it is fetched', async () => {
      const id = await inbound({ next_at: new Date(Date.now() + 7_000), mime_type: 'image/jpeg' });
      const answer = await get(id);
      expect(answer).toMatchObject({ status: 409, body: { code: 'media.not-ready', retryable: true } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(6);
      expect((await get(`${id}/info`)).body).toMatchObject({ state: 'PENDING', direction: 'INBOUND', mimeType: 'image/jpeg', bytes: null, sha256: null });
    });

    it('says why it could not be kept', async () => {
      const id = await inbound({ state: 'FAILED', reason: 'media.expired' });
      expect(await get(id)).toMatchObject({ status: 410, body: { code: 'media.failed', detail: expect.stringContaining('7 days') as unknown } });
      expect((await get(`${id}/info`)).body).toMatchObject({ state: 'FAILED', reason: { code: 'media.expired' } });
    });

    it('whose bytes are lost is told as such, and not as an empty file', async () => {
      const id = await inbound({ state: 'STORED', storage_key: `${own.id}/nowhere`, mime_type: 'image/png', bytes: 5, sha256: Buffer.alloc(32) });
      expect(await get(id)).toMatchObject({ status: 410, body: { code: 'media.failed' } });
    });
  });
});
