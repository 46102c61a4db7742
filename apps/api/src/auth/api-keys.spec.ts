import type { KeyRow } from '@parley/data';
import { provenTenant } from '@parley/domain';
import { generateApiKey } from '@parley/platform';
import { ApiKeys } from './api-keys.js';

const TENANT = provenTenant('0199a1b2-0000-7000-8000-000000000001');

function setUp({ cacheSeconds = 2 } = {}) {
  const key = generateApiKey();
  const row: KeyRow = {
    tenantId: TENANT,
    keyId: key.id,
    secretHash: key.secretHash,
    scopes: ['messages:read', 'no:scope'],
  };
  const state = { row: row as KeyRow | null, lookUps: 0, nowMs: 1_000 };
  const lookups = {
    key: async (keyId: string) => {
      state.lookUps += 1;
      return state.row?.keyId === keyId ? state.row : null;
    },
  };
  return { key: key.text, id: key.id, state, keys: new ApiKeys(lookups, cacheSeconds, () => state.nowMs) };
}

/** The same key with another secret, and the checksum that belongs to it or not. */
const other = generateApiKey();

describe('ApiKeys', () => {
  it('knows the tenant, the actor and the scopes of a key', async () => {
    const { keys, key, id } = setUp();
    expect(await keys.verify(key)).toEqual({
      kind: 'api-key',
      tenantId: TENANT,
      actor: `key:${id}`,
      scopes: new Set(['messages:read']),
    });
  });

  it('asks the database once within the time of the cache, and again after it', async () => {
    const { keys, key, state } = setUp();
    const caller = await keys.verify(key);
    state.nowMs += 1_999;
    expect(keys.recent(key)).toBe(caller);
    state.nowMs += 1;
    expect(keys.recent(key)).toBeUndefined();
    expect(keys.isFamiliar(key)).toBe(true);
    expect(state.lookUps).toBe(1);
  });

  it('shares one look-up among requests that come at once', async () => {
    const { keys, key, state } = setUp();
    expect(await Promise.all([keys.verify(key), keys.verify(key), keys.verify(key)])).not.toContain(null);
    expect(state.lookUps).toBe(1);
    await keys.verify(key);
    expect(state.lookUps).toBe(2);
  });

  it('refuses a right id with another secret, in spite of the cache', async () => {
    const { keys, key } = setUp();
    await keys.verify(key);
    const forged = `${key.slice(0, 25)}${other.text.slice(25)}`;
    expect(keys.recent(forged)).toBeUndefined();
    expect(keys.isFamiliar(forged)).toBe(false);
    expect(await keys.verify(forged)).toBeNull();
    expect(keys.recent(key)).toBeDefined();
  });

  it('refuses a wrong secret whose checksum is right', async () => {
    const { keys, state } = setUp();
    if (state.row) state.row = { ...state.row, keyId: other.id };
    expect(await keys.verify(other.text)).toBeNull();
    expect(state.lookUps).toBe(1);
  });

  it('does not ask the database about what cannot be a key', async () => {
    const { keys, key, state } = setUp();
    const last = key.endsWith('0') ? '1' : '0';
    expect(await keys.verify(`${key.slice(0, -1)}${last}`)).toBeNull();
    expect(await keys.verify('parley_live_x')).toBeNull();
    expect(state.lookUps).toBe(0);
  });

  it.each([
    ['cut off', (key: string) => key.slice(0, -1)],
    ['longer', (key: string) => `${key}0`],
    ['of the same length with a character beyond ASCII at its end', (key: string) => `${key.slice(0, -1)}é`],
  ])('does not recognise the key when it is %s', async (_, change) => {
    const { keys, key } = setUp();
    await keys.verify(key);
    expect(keys.recent(change(key))).toBeUndefined();
  });

  it('refuses a key that was revoked, after the cache or after `forget`', async () => {
    const { keys, key, id, state } = setUp();
    await keys.verify(key);
    state.row = null;
    keys.forget(id);
    expect(keys.recent(key)).toBeUndefined();
    expect(await keys.verify(key)).toBeNull();
  });

  it('believes nothing without a cache', async () => {
    const { keys, key } = setUp({ cacheSeconds: 0 });
    await keys.verify(key);
    expect(keys.recent(key)).toBeUndefined();
  });

  it('keeps what fails from being remembered', async () => {
    const keys = new ApiKeys({ key: () => Promise.reject(new Error('away')) }, 2);
    await expect(keys.verify(other.text)).rejects.toThrow('away');
    await expect(keys.verify(other.text)).rejects.toThrow('away');
  });
});
