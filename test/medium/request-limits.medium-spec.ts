import { createLimitsRedis, RequestLimit } from '@parley/limits';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import { TestApi } from '../support/api.js';
import { RedisServer } from '../support/redis-server.js';

const LIMIT = 5;

describe('RequestLimit', () => {
  let server: RedisServer;
  let redis: Redis;
  let nowMs = 0;
  const open = (): RequestLimit => new RequestLimit({ redis, prefix: 'requests-test', requests: LIMIT, nowMs: () => nowMs });
  const take = (limit: RequestLimit, subject: string, times: number): number =>
    Array.from({ length: times }, () => limit.take(subject)).filter(({ allowed }) => allowed).length;

  beforeAll(async () => {
    server = await RedisServer.reserve();
    await server.start();
    redis = createLimitsRedis(server.url);
    await once(redis, 'ready');
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('lets a subject ask so often, tells it where it stands, and begins anew after the minute', () => {
    const limit = open();
    expect(limit.take('a')).toEqual({ allowed: true, remaining: LIMIT - 1, resetSeconds: 60 });
    expect(take(limit, 'a', 9)).toBe(LIMIT - 1);
    nowMs += 10_000;
    expect(limit.take('a')).toEqual({ allowed: false, remaining: 0, resetSeconds: 50 });
    expect(limit.take('b')).toMatchObject({ allowed: true });
    nowMs += 50_000;
    expect(limit.take('a')).toMatchObject({ allowed: true, remaining: LIMIT - 1 });
  });

  it('counts over all processes as soon as they have told each other', async () => {
    const [one, two] = [open(), open()];
    expect([take(one, 'c', 3), take(two, 'c', 1)]).toEqual([3, 1]);
    await one.sync();
    await two.sync();
    expect(two.take('c')).toMatchObject({ allowed: true, remaining: 0 });
    expect(two.take('c')).toMatchObject({ allowed: false });
    await two.sync();
    expect(one.take('c')).toMatchObject({ allowed: true });
    await one.sync();
    expect(one.take('c')).toMatchObject({ allowed: false });
  });

  it('counts by itself while Redis hangs or is away, and nobody waits for it', async () => {
    const limit = open();
    server.freeze();
    // A verdict is no promise: it cannot wait for anything.
    expect(take(limit, 'd', 3)).toBe(3);
    await limit.sync();
    expect(take(limit, 'd', 9)).toBe(LIMIT - 3);
    server.thaw();
    await server.stop();
    await limit.sync();
    expect([limit.take('d').allowed, take(limit, 'e', 9)]).toEqual([false, LIMIT]);
  });
});

describe('the limits of the API', () => {
  let api: TestApi;
  const me = (bearer: string) => api.call('GET', '/v1/messages', { bearer });
  const newKey = async (): Promise<string> => (await api.tenant()).apiKey;

  afterEach(() => api.stop());

  it('are told in every answer to a caller, and refuse a key with 429 and when to come back', async () => {
    api = await TestApi.start({ RATE_LIMIT_PER_KEY: '2', RATE_LIMIT_PER_TENANT: '100' });
    const [tenant, other] = [await newKey(), await newKey()];
    const first = await me(tenant);
    expect(first.status).toBe(200);
    expect(first.headers['ratelimit-policy']).toBe('"key";q=2;w=60, "tenant";q=100;w=60');
    expect(first.headers['ratelimit']).toMatch(/^"key";r=1;t=(59|60), "tenant";r=99;t=(59|60)$/);
    await me(tenant);
    const refused = await me(tenant);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limit.exceeded', retryable: true } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect(refused.headers['ratelimit']).toMatch(/^"key";r=0;t=\d+$/);
    expect((await me(other)).status).toBe(200);
  });

  it('hold the keys of a tenant together', async () => {
    api = await TestApi.start({ RATE_LIMIT_PER_KEY: '100', RATE_LIMIT_PER_TENANT: '3' });
    const tenant = await newKey();
    const made = await api.call('POST', '/v1/api-keys', { bearer: tenant, body: { name: 'second', scopes: ['messages:read'] } });
    const second = String(made.body['key']);
    expect([(await me(tenant)).status, (await me(second)).status, (await me(second)).status]).toEqual([200, 200, 429]);
  });

  it('leave webhooks, health and documentation alone, and go on without Redis', async () => {
    api = await TestApi.start({ RATE_LIMIT_PER_KEY: '3', RATE_LIMIT_PER_TENANT: '3', REDIS_URL: 'redis://127.0.0.1:9' });
    for (const url of ['/health/live', '/docs/openapi.json', '/webhooks/whatsapp?hub.mode=x']) {
      for (let time = 0; time < 4; time += 1) {
        const { status, headers } = await api.call('GET', url);
        expect([url, status === 429, headers['ratelimit']]).toEqual([url, false, undefined]);
      }
    }
    const tenant = await newKey();
    const statuses = [await me(tenant), await me(tenant), await me(tenant), await me(tenant)].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});
