import { TestApi, type TestTenant } from '../support/api.js';

describe('organisations and their access', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    api = await TestApi.start({ AUTH_CACHE_SECONDS: '60' });
    [own, other] = [await api.tenant('Roma'), await api.tenant('Napoli')];
  });

  afterAll(() => api.stop());

  describe('tenants', () => {
    it('are made by the platform, with a key that works at once', async () => {
      const made = await api.operator('POST', '/v1/tenants', { name: 'Trattoria', echoEnabled: false });
      expect(made.status).toBe(201);
      expect(made.headers['cache-control']).toBe('no-store');
      expect(made.body).toMatchObject({
        name: 'Trattoria',
        state: 'ACTIVE',
        echoEnabled: false,
        whatsappEnabled: true,
      });
      const seen = await api.call('GET', '/v1/tenant', { bearer: String(made.body['apiKey']) });
      const { apiKey: _, ...tenant } = made.body;
      expect(seen).toMatchObject({ status: 200, body: tenant });
      expect(await api.operator('GET', `/v1/tenants/${made.body['id']}`)).toMatchObject({ status: 200, body: tenant });
    });

    it('are listed for the platform page by page, newest first, none twice', async () => {
      const ids: unknown[] = [];
      let cursor = '';
      do {
        const { body } = await api.operator('GET', `/v1/tenants?limit=2${cursor && `&cursor=${cursor}`}`);
        ids.push(...(body['data'] as { id: string }[]).map(({ id }) => id));
        expect(body['hasMore']).toBe(body['nextCursor'] !== null);
        cursor = String(body['nextCursor'] ?? '');
      } while (cursor);
      expect(ids).toEqual(expect.arrayContaining([own.id, other.id]));
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
    });

    it.each(['cursor=nonsense', `cursor=${'A'.repeat(21)}_`, 'limit=0', 'limit=101', 'limit=x', 'page=2'])(
      'refuse the page ?%s',
      async (query) => {
        const answer = await api.operator('GET', `/v1/tenants?${query}`);
        expect(answer).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
        const pointers = (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
        expect(new Set(pointers)).toEqual(new Set([`/${query.split('=')[0]}`]));
      },
    );

    it('change their own name and echo and nothing else', async () => {
      const { body } = await api.call('PATCH', '/v1/tenant', {
        bearer: own.apiKey,
        body: { name: 'Roma 2', echoEnabled: false },
      });
      expect(body).toMatchObject({ id: own.id, name: 'Roma 2', echoEnabled: false });
      const refused = await api.call('PATCH', '/v1/tenant', {
        bearer: own.apiKey,
        body: { state: 'SUSPENDED', id: other.id },
      });
      expect(refused).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
      expect((await api.call('PATCH', '/v1/tenant', { bearer: own.apiKey, body: { name: null } })).status).toBe(422);
      expect((await api.call('GET', '/v1/tenant', { bearer: other.apiKey })).body).toMatchObject({
        name: 'Napoli',
        echoEnabled: true,
      });
    });

    it('say for themselves what follows an unknown outcome, by purpose', async () => {
      const asked = { default: 'park', authentication: 'resend' };
      const onUnknown = async (body: unknown) => api.call('PATCH', '/v1/tenant', { bearer: own.apiKey, body: { onUnknown: body } });
      expect(await onUnknown(asked)).toMatchObject({ status: 200, body: { onUnknown: asked } });
      expect((await api.call('GET', '/v1/tenant', { bearer: own.apiKey })).body['onUnknown']).toEqual(asked);
      expect((await api.operator('GET', `/v1/tenants/${own.id}`)).body['onUnknown']).toEqual(asked);
      expect((await api.call('GET', '/v1/tenant', { bearer: other.apiKey })).body['onUnknown']).toEqual({ default: 'park' });
      for (const [wrong, pointer] of [
        [{ authentication: 'resend' }, '/onUnknown/default'],
        [{ default: 'retry' }, '/onUnknown/default'],
        [{ default: 'park', otp: 'resend' }, '/onUnknown/otp'],
        ['resend', '/onUnknown'],
      ] as const) {
        expect(await onUnknown(wrong)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
      }
    });

    it('have no say over other organisations, and the platform none in their routes', async () => {
      expect(await api.call('GET', '/v1/tenants', { bearer: own.apiKey })).toMatchObject({
        status: 403,
        body: { code: 'auth.scope-missing' },
      });
      expect(await api.operator('GET', '/v1/tenant')).toMatchObject({
        status: 403,
        body: { code: 'auth.scope-missing' },
      });
    });
  });

  describe('users', () => {
    const ana = { subject: 'ana', email: 'Ana@Example.com', name: 'Ana', role: 'agent' };

    it('are registered, read, listed and changed', async () => {
      const made = await api.call('POST', '/v1/users', { bearer: own.apiKey, body: ana });
      expect(made).toMatchObject({ status: 201, body: { email: 'ana@example.com', state: 'ACTIVE', role: 'agent' } });
      const url = `/v1/users/${made.body['id']}`;
      expect((await api.call('GET', url, { bearer: own.apiKey })).body).toEqual(made.body);
      const changed = await api.call('PATCH', url, { bearer: own.apiKey, body: { role: 'admin', state: 'DISABLED' } });
      expect(changed).toMatchObject({ status: 200, body: { role: 'admin', state: 'DISABLED' } });
      const list = await api.call('GET', '/v1/users', { bearer: own.apiKey });
      expect(list.body).toMatchObject({ data: [{ id: made.body['id'] }], hasMore: false, nextCursor: null });
      expect((await api.call('GET', '/v1/users', { bearer: other.apiKey })).body).toMatchObject({ data: [] });
    });

    it('exist once in a tenant, and in two tenants', async () => {
      const bogdan = { ...ana, subject: 'bogdan', email: 'bogdan@example.com' };
      expect((await api.call('POST', '/v1/users', { bearer: own.apiKey, body: bogdan })).status).toBe(201);
      const again = await api.call('POST', '/v1/users', { bearer: own.apiKey, body: { ...bogdan, subject: 'x' } });
      expect(again).toMatchObject({ status: 409, body: { code: 'user.exists' } });
      expect((await api.call('POST', '/v1/users', { bearer: other.apiKey, body: bogdan })).status).toBe(201);
    });

    it.each(['GET', 'PATCH'] as const)('of others are not found by %s, as those that never were', async (method) => {
      const made = await api.call('POST', '/v1/users', {
        bearer: other.apiKey,
        body: { ...ana, subject: method, email: `${method}@example.com` },
      });
      const body = method === 'PATCH' ? { body: { state: 'DISABLED' } } : {};
      const ids = [made.body['id'], '0199a1b2-0000-7000-8000-00000000dead', 'not-a-uuid'];
      const [others, unknown, malformed] = await Promise.all(
        ids.map((id) => api.call(method, `/v1/users/${id}`, { bearer: own.apiKey, ...body })),
      );
      expect(others?.status).toBe(404);
      const withoutId = (answer?: { text: string }) => answer?.text.replace(/"requestId":"[^"]*"/, '');
      expect(withoutId(unknown)).toBe(withoutId(others));
      expect(withoutId(malformed)).toBe(withoutId(others));
      expect((await api.call('GET', `/v1/users/${made.body['id']}`, { bearer: other.apiKey })).body['state']).toBe(
        'ACTIVE',
      );
    });
  });

  describe('API keys', () => {
    const body = { name: 'Bookings', scopes: ['keys:read', 'keys:write', 'messages:read'] };

    it('are shown once, listed without their secret, and stop on revocation in spite of the cache', async () => {
      const made = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body });
      expect(made.status).toBe(201);
      const key = String(made.body['key']);
      expect(key).toMatch(/^parley_live_\w{12}_\w{38}$/);
      const list = await api.call('GET', '/v1/api-keys', { bearer: key });
      expect(list.status).toBe(200);
      expect(list.text).toContain(made.body['prefix']);
      expect(list.text).not.toContain(key.slice(25));
      expect(list.text).not.toMatch(/hash|checksum/i);
      expect((await api.call('DELETE', `/v1/api-keys/${made.body['id']}`, { bearer: own.apiKey })).status).toBe(204);
      expect(await api.call('GET', '/v1/api-keys', { bearer: key })).toMatchObject({
        status: 401,
        body: { code: 'auth.invalid' },
      });
      expect((await api.call('DELETE', `/v1/api-keys/${made.body['id']}`, { bearer: own.apiKey })).status).toBe(204);
    });

    it('never give more than their maker has', async () => {
      const { body: small } = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body });
      const refused = await api.call('POST', '/v1/api-keys', {
        bearer: String(small['key']),
        body: { name: 'Big', scopes: ['messages:read', 'users:write'] },
      });
      expect(refused).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
      expect(refused.body['detail']).toContain('users:write');
      const beyond = await api.call('POST', '/v1/api-keys', {
        bearer: own.apiKey,
        body: { name: 'God', scopes: ['tenants:write'] },
      });
      expect(beyond.status).toBe(422);
    });

    it('open their scopes alone', async () => {
      const { body: small } = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body });
      const refused = await api.call('GET', '/v1/users', { bearer: String(small['key']) });
      expect(refused).toMatchObject({
        status: 403,
        body: { code: 'auth.scope-missing', detail: 'This route needs the scope users:read.' },
      });
    });

    it('end in the future or not at all', async () => {
      const past = await api.call('POST', '/v1/api-keys', {
        bearer: own.apiKey,
        body: { ...body, expiresAt: '2020-01-01T00:00:00Z' },
      });
      expect(past).toMatchObject({ status: 422, body: { errors: [{ pointer: '/expiresAt' }] } });
      const soon = new Date(Date.now() + 700).toISOString();
      const made = await api.call('POST', '/v1/api-keys', { bearer: own.apiKey, body: { ...body, expiresAt: soon } });
      expect(made.body['expiresAt']).toBe(soon);
      const key = { bearer: String(made.body['key']) };
      while (Date.now() <= new Date(soon).getTime() + 100) await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await api.call('GET', '/v1/api-keys', key)).status).toBe(401);
    });

    it('of others are not found', async () => {
      const { body: made } = await api.call('POST', '/v1/api-keys', { bearer: other.apiKey, body });
      expect((await api.call('DELETE', `/v1/api-keys/${made['id']}`, { bearer: own.apiKey })).status).toBe(404);
      expect((await api.call('GET', '/v1/api-keys', { bearer: String(made['key']) })).status).toBe(200);
    });
  });
});
