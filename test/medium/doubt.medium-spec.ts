import type pg from 'pg';
import { settleDoubt, SystemDb } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertContact, insertMessage, makeTenant, openPool, pairOf, type Columns, type MessageOptions, type TestTenant } from '../support/fixtures.js';

const AFTER_SECONDS = 900;
/** Long enough, and not so long that it ends whatever is seen. */
const OLD = 1_000;

let database: TestDatabase & { drop(): Promise<void> };
let pool: pg.Pool;
let db: SystemDb;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.system);
  db = new SystemDb(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query(`UPDATE webhook_events SET state = 'DONE'`);
  await pool.query(`UPDATE messages SET state = 'FAILED' WHERE state = 'UNKNOWN'`);
});

const tenantWith = (onUnknown: object = { default: 'park' }): Promise<TestTenant> => makeTenant(pool, { on_unknown: JSON.stringify(onUnknown) });

/** A message whose outcome has been unknown for so many seconds. */
async function unknown(tenant: TestTenant, seconds = OLD, { columns = {}, ...options }: MessageOptions = {}): Promise<string> {
  const contact = await insertContact(pool, tenant.tenantId);
  const at = new Date(Date.now() - seconds * 1_000);
  const own: Columns = { attempts: 1, reason: 'outcome.unknown', updated_at: at, ...columns };
  return insertMessage(pool, pairOf(tenant, contact), { state: 'UNKNOWN', ...options, columns: own });
}

/** The last webhook of the tenant's number came so many seconds ago. */
const sighted = (tenant: TestTenant, secondsAgo = 5) =>
  pool.query('UPDATE phone_numbers SET last_webhook_at = now() - make_interval(secs => $2) WHERE id = $1', [tenant.number.id, secondsAgo]);

const webhook = (state: string, secondsAgo: number) =>
  pool.query(`INSERT INTO webhook_events (id, meta_app_id, body, state) VALUES (uuid_v7(now() - make_interval(secs => $2)), '1', '{}', $1)`, [state, secondsAgo]);

async function row(id: string): Promise<Record<string, unknown>> {
  return (await pool.query<Record<string, unknown>>('SELECT * FROM messages WHERE id = $1', [id])).rows[0]!;
}

describe('a doubt that no status ends', () => {
  it('is parked as an uncertain dead letter, told and on the timeline', async () => {
    const tenant = await tenantWith();
    const id = await unknown(tenant);
    await sighted(tenant);
    expect(await settleDoubt(db, AFTER_SECONDS)).toEqual([{ numberId: tenant.number.id, how: 'parked', count: 1 }]);
    expect(await row(id)).toMatchObject({ state: 'FAILED', reason: 'uncertain', dead_lettered_at: expect.any(Date) as Date, wait_cause: null });
    const told = await pool.query<{ data: unknown }>(`SELECT data FROM events WHERE resource_id = $1 AND type = 'whatsapp.message_failed'`, [id]);
    expect(told.rows).toEqual([{ data: { messageId: id, reason: 'uncertain', code: null } }]);
    expect((await pool.query('SELECT type FROM message_events WHERE message_id = $1', [id])).rows).toEqual([{ type: 'failed' }]);
    expect(await settleDoubt(db, AFTER_SECONDS)).toEqual([]);
  });

  it('is sent once more where the tenant wishes so for its purpose, and parked for every other tenant and purpose', async () => {
    const [own, other] = [await tenantWith({ default: 'park', authentication: 'resend' }), await tenantWith({ default: 'park', utility: 'resend' })];
    const code = await unknown(own, OLD, { purpose: 'authentication' });
    const ownUtility = await unknown(own, OLD, { purpose: 'utility' });
    const otherCode = await unknown(other, OLD, { purpose: 'authentication' });
    for (const tenant of [own, other]) await sighted(tenant);
    await settleDoubt(db, AFTER_SECONDS);
    expect(await row(code)).toMatchObject({ state: 'WAITING', wait_cause: 'retry', wait_until: expect.any(Date) as Date, dead_lettered_at: null });
    for (const id of [ownUtility, otherCode]) expect(await row(id)).toMatchObject({ state: 'FAILED', reason: 'uncertain' });
  });

  it.each([
    ['its attempts are used up', { attempts: 5, max_attempts: 5 }],
    ['its time is over', { valid_until: new Date(Date.now() - 1_000) }],
  ])('is not sent again when %s', async (_, columns) => {
    const tenant = await tenantWith({ default: 'resend' });
    const id = await unknown(tenant, OLD, { columns });
    await sighted(tenant);
    await settleDoubt(db, AFTER_SECONDS);
    expect(await row(id)).toMatchObject({ state: 'FAILED', reason: 'uncertain' });
  });
});

describe('a doubt lasts', () => {
  it('while it is young', async () => {
    const tenant = await tenantWith();
    await unknown(tenant, AFTER_SECONDS - 10);
    await sighted(tenant);
    expect(await settleDoubt(db, AFTER_SECONDS)).toEqual([]);
  });

  it('while webhooks wait to be processed, however old it is', async () => {
    const tenant = await tenantWith();
    await unknown(tenant, 10 * AFTER_SECONDS);
    await sighted(tenant);
    await webhook('NEW', 5 * AFTER_SECONDS);
    expect(await settleDoubt(db, AFTER_SECONDS)).toEqual([]);
  });

  it('while nothing came for its number since, and then ends without a second message', async () => {
    const tenant = await tenantWith({ default: 'resend' });
    await sighted(tenant, 5 * AFTER_SECONDS);
    const young = await unknown(tenant);
    const old = await unknown(tenant, 4 * AFTER_SECONDS + 10);
    expect(await settleDoubt(db, AFTER_SECONDS)).toEqual([{ numberId: tenant.number.id, how: 'parked', count: 1 }]);
    expect([(await row(young))['state'], (await row(old))['state']]).toEqual(['UNKNOWN', 'FAILED']);
  });

  it('no longer than that for a quiet number which parks, when Meta reaches us at all', async () => {
    const [parks, resends] = [await tenantWith(), await tenantWith({ default: 'resend' })];
    const [parked, waiting] = [await unknown(parks), await unknown(resends)];
    expect(await settleDoubt(db, AFTER_SECONDS)).toEqual([]);
    await webhook('DONE', 30);
    await settleDoubt(db, AFTER_SECONDS);
    expect([(await row(parked))['state'], (await row(waiting))['state']]).toEqual(['FAILED', 'UNKNOWN']);
  });
});

it('looks at every number with a doubt, and at each of them once', async () => {
  const tenants = [await tenantWith(), await tenantWith(), await tenantWith()];
  for (const tenant of tenants) {
    await unknown(tenant);
    await unknown(tenant);
    await sighted(tenant);
  }
  const settled = await settleDoubt(db, AFTER_SECONDS);
  expect(new Map(settled.map(({ numberId, count }) => [numberId, count]))).toEqual(new Map(tenants.map(({ number }) => [number.id, 2])));
});
