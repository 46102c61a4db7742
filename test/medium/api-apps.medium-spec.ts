import pg from 'pg';
import { WebhookApps } from '../../apps/api/src/apps/index.js';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';

const META_APP_ID = '4242424242424242';
const secrets = { secrets: ['0123456789abcdef-new', '0123456789abcdef-old'], verifyToken: 'a-verify-token' };

describe('Meta apps', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;
  let apps: WebhookApps;
  let database: pg.Client;

  beforeAll(async () => {
    api = await TestApi.start({
      META_APP_ID,
      META_APP_SECRETS: 'platform-secret-1,platform-secret-2',
      META_VERIFY_TOKEN: 'platform-token',
      AUTH_CACHE_SECONDS: '60',
    });
    [own, other] = [await api.tenant(), await api.tenant()];
    apps = api.app.get(WebhookApps, { strict: false });
    database = new pg.Client({ connectionString: (await workerDatabase()).system });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await api.stop();
  });

  const newAppId = () => String(Math.floor(Math.random() * 1e15)).padStart(15, '1');
  const add = (bearer: string, appId: string) =>
    api.call('POST', '/v1/apps', { bearer, body: { appId, name: 'Own app', ...secrets } });

  it('of the configuration is found without an id and by its id', async () => {
    const expected = {
      metaAppId: META_APP_ID,
      tenantId: null,
      secrets: ['platform-secret-1', 'platform-secret-2'],
      verifyToken: 'platform-token',
    };
    expect(await apps.find()).toEqual(expected);
    expect(await apps.find(META_APP_ID)).toEqual(expected);
  });

  it('of a tenant is found with its tenant and secrets, which nobody reads back', async () => {
    const appId = newAppId();
    expect(await apps.find(appId)).toBeNull();
    const made = await add(own.apiKey, appId);
    expect(made).toMatchObject({ status: 201, body: { appId, name: 'Own app', version: 1 } });
    const list = await api.call('GET', '/v1/apps', { bearer: own.apiKey });
    for (const answer of [made, list])
      for (const secret of [...secrets.secrets, secrets.verifyToken]) expect(answer.text).not.toContain(secret);
    expect(await apps.find(appId)).toEqual({ metaAppId: appId, tenantId: own.id, ...secrets });
    expect((await api.call('GET', '/v1/apps', { bearer: other.apiKey })).body['data']).toEqual([]);
  });

  it('are sealed in the database, for their row alone', async () => {
    const [one, two] = [newAppId(), newAppId()];
    await add(own.apiKey, one);
    await add(other.apiKey, two);
    const { rows } = await database.query<{ secrets_sealed: string }>(
      'SELECT secrets_sealed FROM apps WHERE meta_app_id = $1',
      [one],
    );
    expect(rows[0]?.secrets_sealed).toMatch(/^s1\./);
    await database.query('UPDATE apps SET secrets_sealed = $1 WHERE meta_app_id = $2', [rows[0]?.secrets_sealed, two]);
    await expect(apps.find(two)).rejects.toMatchObject({ name: 'SealBroken', reason: 'not-authentic' });
  });

  it('belong to whoever was first, and that of the configuration to the platform', async () => {
    const appId = newAppId();
    expect((await add(own.apiKey, appId)).status).toBe(201);
    for (const bearer of [own.apiKey, other.apiKey, api.config.PLATFORM_ADMIN_KEY]) {
      expect(await add(bearer, appId)).toMatchObject({ status: 409, body: { code: 'app.exists' } });
    }
    expect(await add(own.apiKey, META_APP_ID)).toMatchObject({ status: 409, body: { code: 'app.exists' } });
  });

  it('of the platform speak for no one tenant, and tenants do not see them', async () => {
    const appId = newAppId();
    const made = await add(api.config.PLATFORM_ADMIN_KEY, appId);
    expect(made.status).toBe(201);
    expect(await apps.find(appId)).toMatchObject({ metaAppId: appId, tenantId: null, secrets: secrets.secrets });
    const seen = await api.operator('GET', '/v1/apps?limit=100');
    expect(seen.text).toContain(appId);
    const replaced = await api.operator('PUT', `/v1/apps/${made.body['id']}/secrets`, secrets);
    expect(replaced).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await apps.find(appId)).toMatchObject({ secrets: secrets.secrets });
    expect((await api.call('GET', '/v1/apps?limit=100', { bearer: own.apiKey })).text).not.toContain(appId);
    expect(
      (await api.call('PUT', `/v1/apps/${made.body['id']}/secrets`, { bearer: own.apiKey, body: secrets })).status,
    ).toBe(404);
  });

  it('get new secrets at once, one version after the other', async () => {
    const appId = newAppId();
    const { body: made } = await add(own.apiKey, appId);
    await apps.find(appId);
    const replace = (secret: string, bearer = own.apiKey) =>
      api.call('PUT', `/v1/apps/${made['id']}/secrets`, {
        bearer,
        body: { secrets: [secret], verifyToken: 'another-token' },
      });
    expect(await replace('secret-of-version-2')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await apps.find(appId)).toMatchObject({ secrets: ['secret-of-version-2'], verifyToken: 'another-token' });
    expect((await replace('secret-of-a-stranger', other.apiKey)).status).toBe(404);
    const [one, two] = await Promise.all([replace('secret-of-version-3'), replace('secret-of-version-4')]);
    expect([one.body['version'], two.body['version']].sort()).toEqual([3, 4]);
    expect(await apps.find(appId)).toMatchObject({ tenantId: own.id });
  });

  it.each(['', 'abc', '1'.repeat(33), "1' OR true --"])('are not looked for under %j', async (appId) => {
    expect(await apps.find(appId)).toBeNull();
  });
});
