import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Quota } from '@parley/limits';
import { TestApi, type TestTenant } from '../support/api.js';
import { workerDatabase } from '../support/database.js';
import { waitFor } from '../support/wait-for.js';
import { insertMessage, makeTenant, openPool, pairOf } from '../support/fixtures.js';

describe('GET /v1/quota', () => {
  let api: TestApi;
  let own: TestTenant;
  let other: TestTenant;
  let pool: pg.Pool;
  let platform: string;

  beforeAll(async () => {
    api = await TestApi.start({ QUOTA_MESSAGES: '1000' });
    pool = openPool((await workerDatabase()).system, 2);
    platform = api.config.PLATFORM_ADMIN_KEY;
  });
  beforeEach(async () => {
    [own, other] = [await api.tenant(), await api.tenant()];
  });
  afterAll(async () => {
    await pool.end();
    await api.stop();
  });

  const quotaOf = (bearer: string) => api.call('GET', '/v1/quota', { bearer });
  const change = (id: string, limit: unknown, bearer = platform) => api.call('PUT', `/v1/tenants/${id}/quota`, { bearer, body: { limit } });

  it('tells what the organisation used and what is left, of nobody else', async () => {
    await api.app.get(Quota, { strict: false }).take(own.id, 640);
    const answer = await quotaOf(own.apiKey);
    expect(answer.body).toMatchObject({ limit: 1_000, used: 640, remaining: 360, windowSeconds: 86_400, throttled: false, mode: 'redis' });
    const resetsInMs = Date.parse(answer.body['resetsAt'] as string) - Date.now();
    expect(Math.abs(resetsInMs - 86_400_000)).toBeLessThan(10_000);
    expect((await quotaOf(other.apiKey)).body).toMatchObject({ used: 0, remaining: 1_000 });
    expect((await quotaOf(platform)).status).toBe(403);
    expect((await api.call('GET', `/v1/tenants/${own.id}/quota`, { bearer: platform })).body).toMatchObject({ used: 640 });
    expect((await api.call('GET', `/v1/tenants/${own.id}/quota`, { bearer: own.apiKey })).status).toBe(403);
  });

  it('shows an operator\'s change at once, and the audit log who made it', async () => {
    const quota = api.app.get(Quota, { strict: false });
    await quota.take(own.id, 100);
    expect((await change(own.id, 100)).body).toMatchObject({ limit: 100, used: 100, remaining: 0, throttled: true });
    expect(await quota.take(own.id, 1)).toMatchObject({ granted: 0 });
    expect((await change(own.id, 102)).body).toMatchObject({ remaining: 2, throttled: false });
    expect(await quota.take(own.id, 5)).toMatchObject({ granted: 2 });
    expect((await change(own.id, null)).body).toMatchObject({ limit: 1_000, remaining: 898 });
    expect((await quotaOf(other.apiKey)).body).toMatchObject({ limit: 1_000, used: 0 });
    const { rows } = await pool.query('SELECT actor, action, target, before, after FROM audit_log WHERE tenant_id = $1 ORDER BY id', [own.id]);
    const entry = { actor: 'platform', action: 'quota.changed', target: `tenant:${own.id}` };
    expect(rows).toEqual([
      { ...entry, before: { quota: null }, after: { quota: 100 } },
      { ...entry, before: { quota: 100 }, after: { quota: 102 } },
      { ...entry, before: { quota: 102 }, after: { quota: null } },
    ]);
  });

  it('lets what waits for the reset ask again after a change, and nothing else', async () => {
    const tenant = await makeTenant(pool);
    const later = new Date(Date.now() + 3_600_000);
    const wait = (wait_cause: string): Promise<string> =>
      insertMessage(pool, pairOf(tenant), { state: 'WAITING', columns: { wait_cause, wait_until: later } });
    const [quota, retry] = [await wait('quota'), await wait('retry')];
    expect((await change(tenant.tenantId, 2_000)).status).toBe(200);
    const dueOf = async (id: string): Promise<boolean> =>
      (await pool.query<{ due: boolean }>('SELECT wait_until <= now() AS due FROM messages WHERE id = $1', [id])).rows[0]!.due;
    await waitFor(() => dueOf(quota));
    expect(await dueOf(retry)).toBe(false);
  });

  it('is changed by nobody but the platform, for organisations that exist, by whole numbers', async () => {
    expect((await change(own.id, 5, own.apiKey)).status).toBe(403);
    expect((await change(randomUUID(), 5)).body).toMatchObject({ status: 404, code: 'resource.not-found' });
    for (const limit of [-1, 1.5, '5', 2_000_000_000]) expect((await change(own.id, limit)).status).toBe(422);
    expect((await quotaOf(own.apiKey)).body).toMatchObject({ limit: 1_000 });
  });
});
