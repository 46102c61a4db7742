import { changeQuota, SystemDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import type pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { workerDatabase } from '../support/database.js';
import { insertTenant, openPool } from '../support/fixtures.js';
import { openLimits, type LimitsOfWorker, type LimitsOptions } from '../support/limits.js';
import { RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const QUOTA = 100;
const redisServer = await RedisServer.reserve();
let pool: pg.Pool;
let tenantId: TenantId;
const opened: LimitsOfWorker[] = [];

async function worker(options: Partial<LimitsOptions> = {}): Promise<LimitsOfWorker> {
  const limits = await openLimits({ redisUrl: redisServer.url, pool, quotaMessages: QUOTA, ...options });
  opened.push(limits);
  return limits;
}

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
});
beforeEach(async () => {
  if (redisServer.pid === undefined) await redisServer.start();
  tenantId = await insertTenant(pool);
});
afterEach(() => opened.splice(0).forEach((limits) => limits.close()));
afterAll(async () => {
  await redisServer.stop();
  await pool.end();
});

/** Takes in sets of 1 to 7 until nothing is left, several at a time. Returns how many were granted. */
async function takeAll(workers: readonly LimitsOfWorker[], takers: number, most = QUOTA * 2): Promise<number> {
  let [granted, wanted] = [0, most];
  const taker = async (at: number): Promise<void> => {
    while (wanted > 0) {
      const count = Math.min(wanted, 1 + (at % 7));
      wanted -= count;
      const taken = await workers[at % workers.length]!.quota.take(tenantId, count);
      granted += taken.granted;
    }
  };
  await Promise.all(Array.from({ length: takers }, (_, at) => taker(at)));
  return granted;
}

const reserved = async (): Promise<number> =>
  (await pool.query<{ reserved: number }>('SELECT reserved FROM rate_limits WHERE tenant_id = $1', [tenantId])).rows[0]!.reserved;

describe('the quota of an organisation', () => {
  it('hands out exactly its messages to 20 takers of two workers, and says when it resets', async () => {
    const workers = [await worker(), await worker()];
    expect(await takeAll(workers, 20)).toBe(QUOTA);
    const refused = await workers[0]!.quota.take(tenantId, 1);
    expect(refused.granted).toBe(0);
    expect(refused.resetsInMs).toBeGreaterThan(86_300_000);
    expect(refused.resetsInMs).toBeLessThanOrEqual(86_400_000);
    expect(await workers[1]!.quota.view(tenantId)).toMatchObject({ limit: QUOTA, used: QUOTA, remaining: 0, throttled: true, mode: 'redis' });
  });

  it('does so without Redis as well', async () => {
    const workers = [await worker(), await worker()];
    await redisServer.stop();
    expect(await takeAll(workers, 20)).toBe(QUOTA);
    expect(await workers[0]!.quota.view(tenantId)).toMatchObject({ used: QUOTA, throttled: true, mode: 'database' });
  });

  it('is never above while Redis is wiped and goes and comes, and loses no more than a block of each worker each time', async () => {
    const workers = [await worker({ quotaMessages: 200 }), await worker({ quotaMessages: 200 })];
    let granted = 0;
    const take = async (takers: number, most: number): Promise<void> => {
      const taken = await takeAll(workers, takers, most);
      granted += taken;
    };
    await take(4, 25);
    await workers[0]!.redis.flushall();
    await take(4, 25);
    await redisServer.stop();
    await take(4, 25);
    await redisServer.start();
    for (const { quota } of workers) await waitFor(async () => (await quota.view(tenantId))?.mode === 'redis');
    await waitFor(() => workers[1]!.redis.status === 'ready');
    await Promise.all([take(10, 400), delay(2).then(() => workers[1]!.redis.flushall())]);
    await take(4, 100);
    expect(granted).toBeLessThanOrEqual(200);
    expect(granted).toBeGreaterThanOrEqual(200 - 3 * 2 * 10);
    expect(await reserved()).toBe(200);
  });

  it('keeps its counter in the keys that operators know, with the window as their expiry, and reserves blocks of 10', async () => {
    const { quota, redis } = await worker();
    await quota.take(tenantId, 3);
    expect(await redis.get(`whatsapp:ratelimit:counter:{${tenantId}}`)).toBe('3');
    expect(await redis.hget(`whatsapp:ratelimit:limit:{${tenantId}}`, 'upTo')).toBe('10');
    expect(await redis.pttl(`whatsapp:ratelimit:counter:{${tenantId}}`)).toBeGreaterThan(86_300_000);
    expect(await reserved()).toBe(10);
    await quota.take(tenantId, 7);
    expect(await reserved()).toBe(10);
    await quota.take(tenantId, 1);
    expect(await reserved()).toBe(20);
    await takeAll([{ quota } as LimitsOfWorker], 1);
    expect(await redis.pttl(`whatsapp:ratelimit:throttle:{${tenantId}}`)).toBeGreaterThan(86_300_000);
  });

  it('begins a new window after the reset, on both sides', async () => {
    const { quota } = await worker({ quotaWindowSeconds: 1 });
    expect(await takeAll([{ quota } as LimitsOfWorker], 2)).toBeGreaterThanOrEqual(QUOTA);
    await waitFor(async () => (await quota.take(tenantId, 1)).granted === 1);
    await redisServer.stop();
    await takeAll([{ quota } as LimitsOfWorker], 2);
    await waitFor(async () => (await quota.take(tenantId, 1)).granted === 1);
  });

  it('takes back what did not leave: in Redis, without it, and not into another window', async () => {
    const { quota } = await worker();
    const { windowMs } = await quota.take(tenantId, 15);
    await quota.giveBack(tenantId, 5, windowMs!);
    await quota.giveBack(tenantId, 5, windowMs! - 1);
    expect(await quota.view(tenantId)).toMatchObject({ used: 10 });
    await takeAll([{ quota } as LimitsOfWorker], 1);
    await quota.giveBack(tenantId, 2, windowMs!);
    expect(await takeAll([{ quota } as LimitsOfWorker], 1)).toBe(2);
    await redisServer.stop();
    await quota.take(tenantId, 1);
    await quota.giveBack(tenantId, 3, windowMs!);
    expect(await takeAll([{ quota } as LimitsOfWorker], 1)).toBe(3);
  });

  it("is an operator's to change, with effect at once, and of one organisation alone", async () => {
    const [{ quota }, db] = [await worker(), new SystemDb(pool)];
    const other = await insertTenant(pool);
    await quota.take(tenantId, 12);
    await changeQuota(db, { tenantId, quota: 14, actor: 'platform' });
    await quota.refresh(tenantId);
    expect(await takeAll([{ quota } as LimitsOfWorker], 3)).toBe(2);
    await changeQuota(db, { tenantId, quota: 20, actor: 'platform' });
    await quota.refresh(tenantId);
    expect(await takeAll([{ quota } as LimitsOfWorker], 3)).toBe(6);
    await changeQuota(db, { tenantId, quota: 5, actor: 'platform' });
    await quota.refresh(tenantId);
    expect(await quota.take(tenantId, 1)).toMatchObject({ granted: 0 });
    expect(await quota.view(tenantId)).toMatchObject({ limit: 5, remaining: 0, throttled: true });
    expect(await quota.view(other)).toMatchObject({ limit: QUOTA, used: 0, remaining: QUOTA, throttled: false });
    const { rows } = await pool.query('SELECT actor, action, before, after FROM audit_log WHERE tenant_id = $1 ORDER BY id', [tenantId]);
    expect(rows).toHaveLength(3);
    expect(rows[1]).toEqual({ actor: 'platform', action: 'quota.changed', before: { quota: 14 }, after: { quota: 20 } });
  });
});
