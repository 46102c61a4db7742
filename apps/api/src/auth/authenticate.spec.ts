import { provenTenant } from '@parley/domain';
import { createMetrics, generateApiKey } from '@parley/platform';
import { ApiKeys } from './api-keys.js';
import { Authenticate, type AuthenticateParts } from './authenticate.js';
import type { Jwts } from './jwt.js';

const TENANT = provenTenant('0199a1b2-0000-7000-8000-000000000001');
const PLATFORM_KEY = 'the-platform-key-of-this-installation';
const JWT = 'a.b.c';

function setUp(parts: Partial<AuthenticateParts> = {}) {
  const key = generateApiKey();
  const seen = { failures: [] as string[], lines: [] as Record<string, unknown>[], nowMs: 0, keyLookUps: 0 };
  const lookups = {
    key: async (keyId: string) => {
      seen.keyLookUps += 1;
      return keyId === key.id
        ? { tenantId: TENANT, keyId, secretHash: key.secretHash, scopes: ['messages:read'] }
        : null;
    },
  };
  const blocked = { addresses: new Set<string>() };
  const log = (fields: Record<string, unknown>) => void seen.lines.push(fields);
  const authenticate = new Authenticate({
    platformKey: PLATFORM_KEY,
    apiKeys: new ApiKeys(lookups, 2, () => seen.nowMs),
    jwts: null,
    metrics: createMetrics(),
    failures: {
      check: (address) =>
        blocked.addresses.has(address) ? { blocked: true, retryAfterSeconds: 42 } : { blocked: false },
      fail: async (address) => void seen.failures.push(address),
    },
    logger: { debug: log, info: log, warn: log, error: log },
    ...parts,
  });
  const caller = async (authorization: string | undefined, address = '10.0.0.1') =>
    authenticate.caller({ authorization, address });
  return { key: key.text, seen, blocked, authenticate, caller };
}

const jwts = {
  verify: async (token: string) =>
    token === JWT ? { kind: 'jwt', tenantId: TENANT, actor: 'user:ana', scopes: new Set() } : null,
} as unknown as Jwts;

describe('Authenticate', () => {
  it('asks for credentials where there are none, and counts no failure', async () => {
    const { caller, seen } = setUp();
    await expect(caller(undefined)).rejects.toMatchObject({ code: 'auth.missing' });
    expect(seen.failures).toEqual([]);
  });

  it('knows the platform by its key', async () => {
    expect(await setUp().caller(`Bearer ${PLATFORM_KEY}`)).toMatchObject({ kind: 'platform', actor: 'platform' });
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])('takes the scheme %s', async (scheme) => {
    expect(await setUp().caller(`${scheme} ${PLATFORM_KEY}`)).toMatchObject({ kind: 'platform' });
  });

  it('knows an API key, and answers without a promise when it comes again', async () => {
    const { caller, authenticate, key, seen } = setUp();
    expect(await caller(`Bearer ${key}`)).toMatchObject({ kind: 'api-key', tenantId: TENANT });
    expect(authenticate.caller({ authorization: `Bearer ${key}`, address: '10.0.0.1' })).not.toBeInstanceOf(Promise);
    expect(seen.keyLookUps).toBe(1);
  });

  it('knows a JWT where JWTs are on, and refuses each where they are off', async () => {
    expect(await setUp({ jwts }).caller(`Bearer ${JWT}`)).toMatchObject({ kind: 'jwt' });
    await expect(setUp().caller(`Bearer ${JWT}`)).rejects.toMatchObject({ code: 'auth.invalid' });
  });

  it.each([
    ['an empty header', '', 'other'],
    ['no scheme', PLATFORM_KEY, 'other'],
    ['another scheme', `Basic ${PLATFORM_KEY}`, 'other'],
    ['no token', 'Bearer ', 'other'],
    ['two tokens', `Bearer ${PLATFORM_KEY} ${PLATFORM_KEY}`, 'other'],
    ['garbage', 'Bearer garbage', 'other'],
    ['the platform key cut off', `Bearer ${PLATFORM_KEY.slice(0, -1)}`, 'other'],
    ['an unknown API key', `Bearer ${generateApiKey().text}`, 'api_key'],
    ['a wrong JWT', 'Bearer x.y.z', 'jwt'],
    ['10 kB', `Bearer ${'x'.repeat(10_240)}`, 'other'],
  ])('refuses %s, counts it, and logs its kind alone', async (_, authorization, kind) => {
    const { caller, seen } = setUp({ jwts });
    await expect(caller(authorization)).rejects.toMatchObject({ code: 'auth.invalid' });
    expect(seen.failures).toEqual(['10.0.0.1']);
    expect(seen.lines).toEqual([{ event: 'auth.refused', kind }]);
  });

  it('does not hear an address that has failed too often, and says when to come back', async () => {
    const { caller, blocked, key, seen } = setUp();
    blocked.addresses.add('10.0.0.1');
    for (const token of ['garbage', '', PLATFORM_KEY, key]) {
      await expect(caller(`Bearer ${token}`)).rejects.toMatchObject({
        code: 'rate-limit.exceeded',
        retryAfterSeconds: 42,
      });
    }
    expect(seen.keyLookUps).toBe(0);
    expect(await caller(`Bearer ${key}`, '10.0.0.2')).toMatchObject({ kind: 'api-key' });
  });

  it('goes on hearing a key that was right before, from the same address', async () => {
    const { caller, blocked, key, seen } = setUp();
    await caller(`Bearer ${key}`);
    blocked.addresses.add('10.0.0.1');
    expect(await caller(`Bearer ${key}`)).toMatchObject({ kind: 'api-key' });
    seen.nowMs += 3_600_000;
    expect(await caller(`Bearer ${key}`)).toMatchObject({ kind: 'api-key' });
    expect(seen.keyLookUps).toBe(2);
  });
});
