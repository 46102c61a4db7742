import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApi } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { seed } from '../../prisma/seed.js';

const OTHER_KEYS = `later:${Buffer.alloc(32, 7).toString('base64')}`;

describe('the seed', () => {
  let api: TestApi;
  let folder: string;
  let keyFile: string;

  beforeAll(async () => {
    api = await TestApi.start({ AUTH_CACHE_SECONDS: '1' });
    folder = await mkdtemp(join(tmpdir(), 'parley-seed-'));
    keyFile = join(folder, 'demo-api-key');
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await api.stop();
  });

  async function run(more: Record<string, string> = {}): Promise<string> {
    const { app, system } = await workerDatabase();
    const { PLATFORM_ADMIN_KEY, REDIS_URL } = api.config;
    await seed(
      { NODE_ENV: 'test', DATABASE_APP_URL: app, DATABASE_SYSTEM_URL: system, PLATFORM_ADMIN_KEY, REDIS_URL, SEED_DEMO_KEY_FILE: keyFile, ...more },
      () => {},
    );
    return (await readFile(keyFile, 'utf8')).trim();
  }

  async function seen(bearer: string) {
    const get = async (url: string) => (await api.call('GET', url, { bearer })).body;
    const [numbers, templates, contacts, consents] = await Promise.all(
      ['/v1/numbers', '/v1/templates', '/v1/contacts', '/v1/consents?phone=%2B40723000111'].map(get),
    );
    return { numbers, templates, contacts, consents };
  }

  it('makes the demo once: a second run changes nothing and keeps the key', async () => {
    const key = await run();
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const first = await seen(key);
    expect(first).toMatchObject({
      numbers: { data: [{ phoneNumberId: '106540352242922', status: 'CONNECTED', account: { tokenVersion: 1 } }] },
      templates: { data: Array.from({ length: 3 }, () => ({ status: 'APPROVED' })) },
      contacts: { data: [{ identities: [{ value: '+40723000111' }] }] },
      consents: { data: ['authentication', 'marketing', 'service', 'utility'].map((purpose) => ({ purpose, status: 'GRANTED' })) },
    });
    expect(await run()).toBe(key);
    expect(await seen(key)).toEqual(first);
    const data = { order: { id: 'A-1042', total: 125.5, itemCount: 20, currency: 'RON' }, customer: { firstName: 'Ana' } };
    const notified = await api.call('POST', '/v1/notifications', { bearer: key, body: { type: 'order.confirmed', eventId: 'A-1042', to: '+40723000111', data } });
    expect(notified).toMatchObject({ status: 202, body: { displayContent: 'Bună, Ana! Comanda A-1042 este confirmată: 20 de produse, în total 125,50 lei. Îți mulțumim!' } });
  });

  it('makes a new key when the file is gone, and ends the one that was lost', async () => {
    const lost = await run();
    await rm(keyFile);
    const key = await run();
    expect(key).not.toBe(lost);
    expect((await api.call('GET', '/v1/numbers', { bearer: key })).status).toBe(200);
    const fresh = await TestApi.start();
    expect((await fresh.call('GET', '/v1/numbers', { bearer: lost })).status).toBe(401);
    await fresh.stop();
  });

  it('seals the token anew when the sealing keys are others, and grants again what was revoked', async () => {
    const key = await run();
    await api.call('POST', '/v1/consents', { bearer: key, body: { phone: '+40723000111', purpose: 'utility', status: 'REVOKED', source: 'test' } });
    await run({ SEALING_KEYS: OTHER_KEYS });
    expect(await seen(key)).toMatchObject({
      numbers: { data: [{ account: { tokenVersion: 2 } }] },
      consents: { data: Array.from({ length: 4 }, () => ({ status: 'GRANTED' })) },
    });
  });
});
