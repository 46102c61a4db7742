import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, Holds, NumberLeases, SendingSweep, SystemDb, type HoldScope } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertHold, insertMessage, insertNumber, makeTenant, openPool, pairOf, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

describe('holds', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let pool: pg.Pool;
  let db: SystemDb;
  let holds: Holds;
  let tenant: TestTenant;
  let neighbour: TestTenant;

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPool(database.system);
    db = new SystemDb(pool);
    holds = new Holds(db);
  });
  beforeEach(async () => {
    [tenant, neighbour] = [await makeTenant(pool), await makeTenant(pool)];
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const of = (scope: HoldScope, { tenantId, number, accountId, template }: TestTenant = tenant) => ({
    tenantId, scope, scopeId: { number: number.id, account: accountId, template: template.id, tenant: tenantId, app: tenantId }[scope], actor: 'spec',
  });
  const begin = (scope: HoldScope, untilMs: number | null = null, cause: 'pause' | 'throttle' | 'credential' = 'pause') =>
    holds.begin({ ...of(scope), cause, reason: 'closed', untilMs });
  const due = () => new SendingSweep(db).dueNumbers();
  const events = async (numberId: string): Promise<string[]> =>
    (await pool.query<{ type: string }>('SELECT type FROM events WHERE resource_id = $1 ORDER BY id', [numberId])).rows.map(({ type }) => type);
  const openHolds = async () =>
    (await pool.query<{ cause: string; left: number | null }>(
      'SELECT cause, extract(epoch FROM until - now())::float8 AS left FROM holds WHERE tenant_id = $1 AND ended_at IS NULL', [tenant.tenantId])).rows;

  it.each(['number', 'account', 'tenant', 'app'] as const)('of a %s keep its messages QUEUED and its number from being taken, and nobody else\'s', async (scope) => {
    await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
    await insertMessage(pool, pairOf(neighbour), { templateId: neighbour.template.id });
    const leases = new NumberLeases(db);
    const lease = (await takeNumber(db, tenant.number.id))!;
    expect(await begin(scope)).toBe(true);
    expect(await new Claims(db, randomUUID()).claim(lease, 10)).toEqual([]);
    await leases.release(lease);
    expect(await takeNumber(db, tenant.number.id)).toBeNull();
    expect(await due()).toContain(neighbour.number.id);
    expect(await due()).not.toContain(tenant.number.id);
    expect(await holds.end(of(scope))).toEqual({ numberIds: [tenant.number.id] });
    expect(await new Claims(db, randomUUID()).claim((await takeNumber(db, tenant.number.id))!, 10)).toMatchObject([{ state: 'DISPATCHED' }]);
    expect(await events(tenant.number.id)).toEqual(['whatsapp.number_paused', 'whatsapp.number_resumed']);
    expect(await events(neighbour.number.id)).toEqual([]);
  });

  it.each([
    ['a switched-off module', 'whatsapp_enabled = false'],
    ['a suspended organisation', `state = 'SUSPENDED'`],
  ])('%s holds too', async (_, off) => {
    await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
    await pool.query(`UPDATE tenants SET ${off} WHERE id = $1`, [tenant.tenantId]);
    expect(await takeNumber(db, tenant.number.id)).toBeNull();
    expect(await due()).not.toContain(tenant.number.id);
  });

  it('are opened once for each cause: a second one lasts for the longer of both, and tells nobody', async () => {
    expect([await begin('number', 60_000, 'throttle'), await begin('number', 1_000, 'throttle'), await begin('number', null, 'credential')]).toEqual([true, false, true]);
    const open = await openHolds();
    expect(open.find(({ cause }) => cause === 'throttle')!.left).toBeGreaterThan(50);
    expect(await events(tenant.number.id)).toHaveLength(2);
    const rivals = await Promise.all(Array.from({ length: 8 }, () => begin('account', 1_000)));
    expect(rivals.filter(Boolean)).toHaveLength(1);
  });

  it('let a person shorten what a person said', async () => {
    await begin('number', null);
    await begin('number', 1_000);
    expect((await openHolds())[0]!.left).toBeLessThan(2);
  });

  it('resume a number only when the last of them has ended', async () => {
    await begin('account');
    await begin('number', null, 'credential');
    expect(await holds.end(of('account'))).toEqual({ numberIds: [] });
    expect(await events(tenant.number.id)).not.toContain('whatsapp.number_resumed');
    expect(await holds.end({ ...of('number'), cause: 'throttle' as const })).toBeNull();
    expect(await holds.end({ ...of('number'), cause: 'credential' as const })).toEqual({ numberIds: [tenant.number.id] });
    expect(await holds.end(of('number'))).toBeNull();
  });

  it('are over by themselves when their time is, and closed by the sweeper with that time', async () => {
    const until = new Date(Date.now() - 60_000);
    const id = await insertHold(pool, tenant, { until, began_at: new Date(Date.now() - 120_000) });
    await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
    expect(await takeNumber(db, tenant.number.id)).not.toBeNull();
    expect((await holds.closeLapsed())!.numberIds).toContain(tenant.number.id);
    expect(await holds.closeLapsed()).toBeNull();
    expect((await pool.query('SELECT ended_at, ended_by FROM holds WHERE id = $1', [id])).rows).toEqual([{ ended_at: until, ended_by: 'system' }]);
    expect(await events(tenant.number.id)).toEqual(['whatsapp.number_resumed']);
  });

  it('make room for the next when they have lapsed and nobody has closed them yet', async () => {
    await insertHold(pool, tenant, { until: new Date(Date.now() - 1_000), began_at: new Date(Date.now() - 2_000) });
    expect(await begin('number', 60_000)).toBe(true);
    expect(await openHolds()).toHaveLength(1);
  });

  it('count once in the time for which a number was held, however many there were', async () => {
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
    const past = { ended_by: 'spec', began_at: ago(100) };
    await insertHold(pool, tenant, { ...past, ended_at: ago(60) });
    await insertHold(pool, tenant, { ...past, scope: 'account', scope_id: tenant.accountId, began_at: ago(80), ended_at: ago(50) });
    await insertHold(pool, tenant, { began_at: ago(20), cause: 'credential' });
    const other = await insertNumber(pool, tenant.tenantId, tenant.accountId);
    const heldFor = async (ids: string[], since: Date, tenantId = tenant.tenantId) =>
      (await pool.query<{ s: number }>('SELECT extract(epoch FROM held_for($1, $2, $3))::float8 AS s', [tenantId, ids, since])).rows[0]!.s;
    expect(await heldFor([tenant.number.id, tenant.accountId], ago(1_000))).toBeCloseTo(70, 0);
    expect(await heldFor([tenant.number.id, tenant.accountId], ago(70))).toBeCloseTo(40, 0);
    expect(await heldFor([other.id, tenant.accountId], ago(1_000))).toBeCloseTo(30, 0);
    expect(await heldFor([tenant.number.id], ago(1_000), neighbour.tenantId)).toBe(0);
  });
});
