import { SignJWT } from 'jose';
import { TestApi, type TestTenant } from '../support/api.js';

const SECRET = 'a-secret-of-the-issuer-with-over-32-characters';
const ISSUER = 'https://id.example.com';

describe('an installation that takes JWTs', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    api = await TestApi.start({ JWT_SECRET: SECRET, JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'parley', AUTH_CACHE_SECONDS: '0' });
    [own, other] = [await api.tenant('Roma'), await api.tenant('Napoli')];
  });
  afterAll(() => api.stop());

  const token = (tenantId: string, role: string, subject = 'auth0|ana') =>
    new SignJWT({ tenant_id: tenantId, role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience('parley')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(SECRET));

  it("lets a person into the tenant of the token, with the role's scopes", async () => {
    const bearer = await token(own.id, 'admin');
    expect(await api.call('GET', '/v1/tenant', { bearer })).toMatchObject({ status: 200, body: { id: own.id } });
    expect((await api.call('GET', '/v1/users', { bearer })).status).toBe(200);
  });

  it('keeps an agent from what agents may not do', async () => {
    const bearer = await token(own.id, 'agent');
    const made = await api.call('POST', '/v1/api-keys', { bearer, body: { name: 'k', scopes: ['messages:read'] } });
    expect(made).toMatchObject({ status: 403, body: { code: 'auth.scope-missing' } });
  });

  it('does not hear a person who was disabled here', async () => {
    const user = { subject: 'auth0|bo', email: 'bo@example.com', name: 'Bo', role: 'admin' };
    const { body } = await api.call('POST', '/v1/users', { bearer: own.apiKey, body: user });
    const bearer = await token(own.id, 'admin', user.subject);
    expect((await api.call('GET', '/v1/users', { bearer })).status).toBe(200);
    await api.call('PATCH', `/v1/users/${String(body['id'])}`, { bearer: own.apiKey, body: { state: 'DISABLED' } });
    expect((await api.call('GET', '/v1/users', { bearer })).status).toBe(401);
    // The same subject in another organisation is another person.
    expect((await api.call('GET', '/v1/users', { bearer: await token(other.id, 'admin', user.subject) })).status).toBe(200);
  });
});
