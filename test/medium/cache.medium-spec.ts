import { Cache, cachePolicy, createCacheRedis } from '@parley/cache';
import { createMetrics } from '@parley/platform';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import { RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

/** What a machine with other work on it may add. */
const SLACK_MS = 100;

describe('Cache', () => {
  const events: unknown[] = [];
  const log = ({ event }: Record<string, unknown>): void => void events.push(event);
  let server: RedisServer;
  let redis: Redis;
  let cache: Cache<{ name: string }>;
  let loads: number;
  let stored: string;
  let key = 0;

  const read = (): Promise<{ name: string }> =>
    cache.get(String(key), () => {
      loads += 1;
      return Promise.resolve({ name: stored });
    });

  beforeAll(async () => {
    server = await RedisServer.reserve();
    await server.start();
    redis = createCacheRedis(server.url);
    await once(redis, 'ready');
    const policy = cachePolicy({ debug: log, info: log, warn: log, error: log });
    cache = new Cache(
      { redis, policy, metrics: createMetrics(), prefix: 'cache-test' },
      { name: 'templates', ttlSeconds: 60 },
    );
  });

  beforeEach(() => {
    key += 1;
    loads = 0;
    stored = 'old';
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const isKept = async (): Promise<boolean> => Boolean(await redis.get(`cache-test:cache:templates:${key}`));

  it('loads once', async () => {
    await expect(read()).resolves.toEqual({ name: 'old' });
    await waitFor(isKept);
    stored = 'new';
    await expect(read()).resolves.toEqual({ name: 'old' });
    expect(loads).toBe(1);
    expect(await redis.ttl(`cache-test:cache:templates:${key}`)).toBeGreaterThan(50);
  });

  it('forgets at a change', async () => {
    await read();
    await waitFor(isKept);
    stored = 'new';
    await cache.drop(String(key));
    await expect(read()).resolves.toEqual({ name: 'new' });
  });

  it('does not let a reader put back what was changed while it read', async () => {
    let release = (): void => {};
    const loading = new Promise<void>((resolve) => (release = resolve));
    const slow = cache.get(String(key), async () => {
      await loading;
      return { name: 'old' };
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    stored = 'new';
    await cache.drop(String(key));
    release();
    await slow;
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(read()).resolves.toEqual({ name: 'new' });
  });

  it('costs a reader 50 ms at most while Redis hangs, and then nothing', async () => {
    server.freeze();
    const took: number[] = [];
    for (let call = 0; call < 6; call += 1) {
      const startedMs = performance.now();
      await expect(read()).resolves.toEqual({ name: 'old' });
      took.push(performance.now() - startedMs);
    }
    server.thaw();
    // The quickest of those that waited and of those after them: a machine may stand still in any one.
    expect(Math.min(...took.slice(0, 3))).toBeLessThan(50 + SLACK_MS);
    expect(Math.min(...took.slice(3))).toBeLessThan(50);
    expect(loads).toBe(6);
    expect(events).toEqual(['cache.unavailable']);
    await waitFor(async () => (await read(), events.includes('cache.recovered')));
  });

  it('makes up for drops that Redis did not hear of', async () => {
    await read();
    await waitFor(isKept);
    server.freeze();
    stored = 'new';
    await cache.drop(String(key));
    redis.disconnect(true);
    server.thaw();
    await waitFor(async () => (await read()).name === 'new');
  });
});
