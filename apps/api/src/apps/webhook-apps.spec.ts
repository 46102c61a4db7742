import type { AccessLookups, AppRow } from '@parley/data';
import { DomainError, provenTenant } from '@parley/domain';
import { loadConfig, Sealer } from '@parley/platform';
import { sealSecrets } from './app-secrets.js';
import { WebhookApps } from './webhook-apps.js';

const APP = '1234567890123456';
const SECRETS = { secrets: ['0123456789abcdef'], verifyToken: 'a-verify-token' };
const sealer = new Sealer([{ id: 'k', key: new Uint8Array(32) }]);
const place = {
  id: '0199a1b2-0000-7000-8000-000000000009',
  tenantId: provenTenant('0199a1b2-0000-7000-8000-000000000001'),
  version: 3,
};
const ROW: AppRow = { ...place, metaAppId: APP, secretsSealed: sealSecrets(sealer, place, SECRETS) };

function setUp(answer: () => Promise<AppRow | null>) {
  const state = { answer, lookUps: 0 };
  const lookups = {
    app: (): Promise<AppRow | null> => {
      state.lookUps += 1;
      return state.answer();
    },
  } as unknown as AccessLookups;
  // Without a time to live each find looks anew.
  const config = (seconds: string) => loadConfig({ AUTH_CACHE_SECONDS: seconds });
  return {
    state,
    cached: new WebhookApps(lookups, sealer, config('60')),
    uncached: new WebhookApps(lookups, sealer, config('0')),
  };
}

const away = () => Promise.reject(new DomainError('database.unavailable'));
const found = { metaAppId: APP, tenantId: place.tenantId, ...SECRETS };

describe('WebhookApps', () => {
  it('opens the secrets once, and remembers also that there is no such app', async () => {
    const { cached, state } = setUp(async () => ROW);
    expect(await cached.find(APP)).toEqual(found);
    await cached.find(APP);
    state.answer = async () => null;
    expect(await cached.find('99')).toBeNull();
    await cached.find('99');
    expect(state.lookUps).toBe(2);
  });

  it('looks again after a change', async () => {
    const { cached, state } = setUp(async () => ROW);
    await cached.find(APP);
    state.answer = async () => null;
    cached.forget(APP);
    expect(await cached.find(APP)).toBeNull();
  });

  it('goes on with what it knows while Postgres is away, and takes nobody on trust', async () => {
    const { uncached, state } = setUp(async () => ROW);
    await uncached.find(APP);
    state.answer = away;
    expect(await uncached.find(APP)).toEqual(found);
    await expect(uncached.find('99')).rejects.toMatchObject({ code: 'database.unavailable' });
    state.answer = async () => null;
    expect(await uncached.find(APP)).toBeNull();
  });

  it('does not take another fault for an outage', async () => {
    const { uncached, state } = setUp(async () => ROW);
    await uncached.find(APP);
    state.answer = async () => ({ ...ROW, version: 2 });
    await expect(uncached.find(APP)).rejects.toMatchObject({ name: 'SealBroken' });
  });
});
