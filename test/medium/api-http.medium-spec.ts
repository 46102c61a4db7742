import { ERRORS, type ErrorCode } from '@parley/domain';
import { createHmac } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { TestApi, type Answer, type TestTenant } from '../support/api.js';
import { waitFor } from '../support/wait-for.js';

const SECRET = 'the-secret-of-the-platform-app';

function expectProblem(answer: Answer, status: number, code: ErrorCode): void {
  expect(answer).toMatchObject({
    status,
    body: { code, status, type: expect.stringMatching(`/docs/errors/${code}$`) as unknown },
  });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['request-id']).toBe(answer.body['requestId']);
  expect(answer.body['title']).toBe(ERRORS[code].title);
}

describe('requests', () => {
  let api: TestApi;
  let tenant: TestTenant;

  beforeAll(async () => {
    api = await TestApi.start({
      BODY_LIMIT_BYTES: '4096',
      WEBHOOK_BODY_LIMIT_BYTES: '65536',
      AUTH_FAILURES_PER_MINUTE: '20',
      META_APP_SECRETS: SECRET,
    });
    tenant = await api.tenant();
  });

  afterAll(() => api.stop());

  const post = (raw: string | Buffer, headers: Record<string, string> = {}) =>
    api.call('POST', '/v1/users', { bearer: tenant.apiKey, raw, headers });

  it.each(['{', '{"a":1}x', 'nul', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '\u0001'])(
    'refuse the body %s',
    async (raw) => {
      expectProblem(await post(raw), 400, 'request.malformed');
    },
  );

  it('refuse a body that is not UTF-8', async () => {
    expectProblem(await post(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 400, 'request.malformed');
  });

  it('refuse a body over the limit', async () => {
    expectProblem(await post(`"${'x'.repeat(5_000)}"`), 413, 'body.too-large');
  });

  it('refuse depth beyond all sense before it is built', async () => {
    expectProblem(await post('['.repeat(3_000)), 422, 'request.invalid');
    expectProblem(await post(`{"name":"${'['.repeat(1_000)}"}`), 422, 'request.invalid');
    expect((await post(`{"name":"${'['.repeat(1_000)}"}`)).body['detail']).not.toContain('nested');
  });

  it.each([
    ['content-type', 'text/plain'],
    ['content-type', 'application/x-www-form-urlencoded'],
    ['content-encoding', 'gzip'],
  ])('refuse the %s %s', async (header, value) => {
    expectProblem(await post('{}', { [header]: value }), 415, 'media-type.unsupported');
  });

  it.each([
    ['{"name":"a\\u0000b"}', '/name'],
    ['{"name":"\\ud800"}', '/name'],
    ['{"a":[{"b/c":"\\udc00x"}]}', '/a/0/b~1c'],
  ])('refuse text that cannot be stored, and point at it: %s', async (raw, pointer) => {
    const answer = await post(raw);
    expectProblem(answer, 422, 'text.invalid-character');
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });

  it('take text beyond the first plane, escaped or not', async () => {
    for (const name of ['"Ana 🍕"', '"Ana \\ud83c\\udf55"']) {
      const subject = Math.random().toString(36);
      const answer = await post(
        `{"subject":"${subject}","email":"${subject.slice(2)}@example.com","role":"agent","name":${name}}`,
      );
      expect(answer).toMatchObject({ status: 201, body: { name: 'Ana 🍕' } });
    }
  });

  it('point at every field that is wrong, and at fields that nobody knows', async () => {
    const answer = await post(
      JSON.stringify({ subject: '', email: 'x', role: 'platform', name: 'Ana', tenantId: tenant.id }),
    );
    expectProblem(answer, 422, 'request.invalid');
    const pointers = (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(new Set(pointers)).toEqual(new Set(['/subject', '/email', '/role', '/tenantId']));
  });

  it('find nothing where there is nothing, by any method and with any body', async () => {
    expectProblem(await api.call('GET', '/v1/nothing'), 404, 'resource.not-found');
    expectProblem(
      await api.call('POST', '/v1/nothing', { raw: '{', headers: { 'content-type': 'text/x' } }),
      404,
      'resource.not-found',
    );
    expectProblem(await api.call('GET', '/v1/users/%E0%A4%A'), 404, 'resource.not-found');
    expectProblem(await api.call('GET', `/v1/users/${'x'.repeat(500)}`), 404, 'resource.not-found');
  });

  it('carry the Request-Id that they came with, if it is sane', async () => {
    const answer = await api.call('GET', '/v1/nothing', { headers: { 'request-id': 'my-request-1' } });
    expect(answer.body['requestId']).toBe('my-request-1');
    expect((await api.call('GET', '/v1/nothing', { headers: { 'request-id': 'a b' } })).body['requestId']).not.toBe(
      'a b',
    );
  });

  it('without credentials are told which scheme to use', async () => {
    const answer = await api.call('GET', '/v1/users');
    expectProblem(answer, 401, 'auth.missing');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('are not heard from an address that guesses, while a known key goes on', async () => {
    await api.call('GET', '/v1/users', { bearer: tenant.apiKey });
    const guess = () => api.call('GET', '/v1/users', { bearer: 'guess' });
    let tries = 0;
    await waitFor(async () => ((tries += 1), (await guess()).status === 429));
    expect(tries).toBeGreaterThanOrEqual(20);
    const last = await guess();
    expectProblem(last, 429, 'rate-limit.exceeded');
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.call('GET', '/v1/users', { bearer: tenant.apiKey })).status).toBe(200);
  });

  describe('of webhooks', () => {
    const webhook = (raw: string | Buffer, headers: Record<string, string> = {}) => {
      const signature = `sha256=${createHmac('sha256', SECRET).update(raw).digest('hex')}`;
      return api.call('POST', '/webhooks/whatsapp', { raw, headers: { 'x-hub-signature-256': signature, ...headers } });
    };

    it('are taken as bytes, whatever they hold and say that they are', async () => {
      for (const raw of ['{', '{"__proto__":1}', Buffer.from([0xff, 0x00]), `"${'x'.repeat(60_000)}"`]) {
        expect((await webhook(raw)).status).toBe(200);
        expect((await webhook(raw, { 'content-type': 'text/plain; charset=latin1' })).status).toBe(200);
      }
    });

    it('are verified before anything else is said about them', async () => {
      expectProblem(
        await webhook('{', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }),
        401,
        'webhook.signature-invalid',
      );
    });

    it('are refused when too large or compressed', async () => {
      expectProblem(await webhook('x'.repeat(70_000)), 413, 'body.too-large');
      expectProblem(await webhook('{}', { 'content-encoding': 'gzip' }), 415, 'media-type.unsupported');
    });
  });

  it('that are no HTTP get a problem as well', async () => {
    await api.app.listen(0, '127.0.0.1');
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'request.malformed', status: 400 });
  });
});
