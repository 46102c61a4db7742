import type pg from 'pg';
import { NumberLeases, SendingSweep, SystemDb } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import {
  insertContact,
  insertHold,
  insertMessage,
  insertMessages,
  insertNumber,
  insertRow,
  makeTenant,
  openPool,
  pairOf,
  type TestPair,
  type TestTenant,
} from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1_000);
const PAIR = { state: 'WAITING', columns: { wait_cause: 'pair' } } as const;

// The sweep looks at the rows of all tenants, so these specs have a database of their own.
describe('SendingSweep', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let pool: pg.Pool;
  let db: SystemDb;
  let sweep: SendingSweep;
  let tenant: TestTenant;

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPool(database.system);
    db = new SystemDb(pool);
    sweep = new SendingSweep(db);
  });
  beforeEach(async () => {
    await pool.query(`UPDATE messages SET state = 'CANCELLED', wait_cause = NULL, wait_until = NULL WHERE state <> 'CANCELLED'`);
    tenant = await makeTenant(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const anotherPair = async (): Promise<TestPair> => pairOf(tenant, await insertContact(pool, tenant.tenantId));
  const stateOf = async (id: string): Promise<unknown[]> => {
    const { rows } = await pool.query<{ state: string; wait_cause: string | null; reason: string | null }>('SELECT * FROM messages WHERE id = $1', [id]);
    return [rows[0]!.state, rows[0]!.wait_cause ?? rows[0]!.reason];
  };
  const timeline = async (id: string): Promise<string[]> =>
    (await pool.query<{ type: string }>('SELECT type FROM message_events WHERE message_id = $1', [id])).rows.map(({ type }) => type);

  describe('reclaimExpired', () => {
    it('puts expired DISPATCHED rows back and calls expired SENDING rows UNKNOWN: never sent again blindly', async () => {
      const dispatched = await insertMessage(pool, await anotherPair(), { state: 'DISPATCHED', columns: { lease_until: ago(1) } });
      const sending = await insertMessage(pool, await anotherPair(), { state: 'SENDING', columns: { lease_until: ago(1) } });
      expect(await sweep.reclaimExpired()).toEqual({ queued: 1, unknown: 1 });
      expect([await stateOf(dispatched), await stateOf(sending)]).toEqual([
        ['QUEUED', null],
        ['UNKNOWN', 'outcome.unknown'],
      ]);
      expect([await timeline(dispatched), await timeline(sending)]).toEqual([['queued'], ['unknown']]);
      expect(await sweep.reclaimExpired()).toEqual({ queued: 0, unknown: 0 });
    });

    it('leaves alone what is leased', async () => {
      const columns = { lease_until: new Date(Date.now() + 5_000) };
      const id = await insertMessage(pool, pairOf(tenant), { state: 'SENDING', columns });
      expect(await sweep.reclaimExpired()).toEqual({ queued: 0, unknown: 0 });
      expect(await stateOf(id)).toEqual(['SENDING', null]);
    });

    it('is done once by many sweeps at once', async () => {
      for (let count = 0; count < 20; count += 1) await insertMessage(pool, await anotherPair(), { state: 'DISPATCHED', columns: { lease_until: ago(1) } });
      const counts = await Promise.all(Array.from({ length: 5 }, () => sweep.reclaimExpired()));
      expect(counts.reduce((sum, { queued }) => sum + queued, 0)).toBe(20);
    });
  });

  describe('promoteDue', () => {
    it('puts back what waited for a time that has come, whatever the cause, and nothing else', async () => {
      const due = await insertMessage(pool, pairOf(tenant), { state: 'WAITING', columns: { wait_cause: 'retry', wait_until: ago(1) } });
      const scheduled = await insertMessage(pool, pairOf(tenant), { state: 'WAITING', columns: { wait_cause: 'schedule', wait_until: ago(1) } });
      const later = await insertMessage(pool, pairOf(tenant), { state: 'WAITING', columns: { wait_cause: 'retry', wait_until: ago(-60) } });
      const pair = await insertMessage(pool, pairOf(tenant), PAIR);
      expect(await sweep.promoteDue()).toEqual([{ numberId: tenant.number.id, queued: 2, expired: 0 }]);
      expect(await Promise.all([due, scheduled, later, pair].map(stateOf))).toEqual([
        ['QUEUED', null],
        ['QUEUED', null],
        ['WAITING', 'retry'],
        ['WAITING', 'pair'],
      ]);
      expect(await timeline(due)).toEqual(['queued']);
      expect(await sweep.promoteDue()).toEqual([]);
    });

    it('goes in chunks of 1,000', async () => {
      await insertMessages(pool, pairOf(tenant), 1_100, { state: 'WAITING', columns: { wait_cause: 'schedule', wait_until: ago(1) } });
      const chunk = async () => (await sweep.promoteDue())[0]?.queued ?? 0;
      expect([await chunk(), await chunk(), await chunk()]).toEqual([1_000, 100, 0]);
    });
  });

  describe.each([
    ['freePairs', (contactIds: string[]) => sweep.freePairs(tenant.number.id, contactIds)],
    ['freeAllPairs', () => sweep.freeAllPairs()],
  ])('%s', (_, free) => {
    it('puts back the oldest of 10,000 rows behind one pair, and only that', async () => {
      const ids = await insertMessages(pool, pairOf(tenant), 10_000, PAIR);
      expect(await free([tenant.contact.id])).toBe(1);
      expect(await stateOf(ids[0]!)).toEqual(['QUEUED', null]);
      expect(await timeline(ids[0]!)).toEqual(['queued']);
      const { rows } = await pool.query(`SELECT count(*)::int AS n FROM messages WHERE contact_id = $1 AND state = 'WAITING'`, [tenant.contact.id]);
      expect(rows).toEqual([{ n: 9_999 }]);
    });

    it('puts back one of each pair, the first lane first', async () => {
      const other = await anotherPair();
      const marketing = await insertMessage(pool, pairOf(tenant), { ...PAIR, lane: 3 });
      const reply = await insertMessage(pool, pairOf(tenant), { ...PAIR, lane: 1 });
      const others = await insertMessages(pool, other, 2, PAIR);
      expect(await free([tenant.contact.id, other.contactId])).toBe(2);
      expect(await Promise.all([marketing, reply, ...others].map(stateOf))).toEqual([
        ['WAITING', 'pair'],
        ['QUEUED', null],
        ['QUEUED', null],
        ['WAITING', 'pair'],
      ]);
    });

    it.each(['DISPATCHED', 'SENDING', 'UNKNOWN'] as const)('leaves a pair alone that a row holds as %s', async (state) => {
      await insertMessage(pool, pairOf(tenant), { state });
      const id = await insertMessage(pool, pairOf(tenant), PAIR);
      expect(await free([tenant.contact.id])).toBe(0);
      expect(await stateOf(id)).toEqual(['WAITING', 'pair']);
    });

    it('lets go of a pair after ten seconds of doubt', async () => {
      await insertMessage(pool, pairOf(tenant), { state: 'UNKNOWN', columns: { updated_at: ago(10.5) } });
      await insertMessage(pool, pairOf(tenant), PAIR);
      expect(await free([tenant.contact.id])).toBe(1);
    });

    it('leaves the lane of a retrying head alone, and takes another lane', async () => {
      await insertMessage(pool, pairOf(tenant), { state: 'WAITING', lane: 1, columns: { wait_cause: 'retry', wait_until: ago(-60) } });
      const same = await insertMessage(pool, pairOf(tenant), { ...PAIR, lane: 1 });
      expect(await free([tenant.contact.id])).toBe(0);
      const later = await insertMessage(pool, pairOf(tenant), { ...PAIR, lane: 2 });
      expect(await free([tenant.contact.id])).toBe(1);
      expect([await stateOf(same), await stateOf(later)]).toEqual([
        ['WAITING', 'pair'],
        ['QUEUED', null],
      ]);
    });

    it('frees a pair once, by however many at once', async () => {
      await insertMessages(pool, pairOf(tenant), 5, PAIR);
      const counts = await Promise.all(Array.from({ length: 4 }, () => free([tenant.contact.id])));
      expect(Math.max(...counts)).toBe(1);
    });
  });

  it('frees only pairs of that number by freePairs', async () => {
    const number = await insertNumber(pool, tenant.tenantId, tenant.accountId);
    await insertMessage(pool, { ...pairOf(tenant), numberId: number.id }, PAIR);
    expect(await sweep.freePairs(tenant.number.id, [tenant.contact.id])).toBe(0);
    expect(await sweep.freePairs(number.id, [tenant.contact.id])).toBe(1);
  });

  describe('dueNumbers', () => {
    it('names the numbers with due work that nobody holds and nothing pauses', async () => {
      expect(await sweep.dueNumbers()).toEqual([]);
      await insertMessage(pool, pairOf(tenant), PAIR);
      expect(await sweep.dueNumbers()).toEqual([]);
      await insertMessage(pool, pairOf(tenant));
      expect(await sweep.dueNumbers()).toEqual([tenant.number.id]);
      const lease = (await takeNumber(db, tenant.number.id))!;
      expect(await sweep.dueNumbers()).toEqual([]);
      await new NumberLeases(db).release(lease);
      await insertHold(pool, tenant);
      expect(await sweep.dueNumbers()).toEqual([]);
    });

    it('names a number again whose holder died', async () => {
      await insertMessage(pool, pairOf(tenant));
      await takeNumber(db, tenant.number.id);
      await pool.query(`UPDATE phone_numbers SET lease_until = now() - interval '1 ms' WHERE id = $1`, [tenant.number.id]);
      expect(await sweep.dueNumbers()).toEqual([tenant.number.id]);
    });
  });

  it('forgets idempotency keys older than 72 hours, and keeps the younger', async () => {
    const key = (name: string, hours: number) =>
      insertRow(pool, 'idempotency_keys', { tenant_id: tenant.tenantId, source: 'api', key: name, request_hash: Buffer.alloc(32), message_id: tenant.contact.id, created_at: ago(hours * 3_600) });
    await Promise.all([key('old', 72.1), key('older', 200), key('young', 71.9)]);
    expect(await sweep.forgetKeys(72)).toBe(2);
    expect((await pool.query('SELECT key FROM idempotency_keys WHERE tenant_id = $1', [tenant.tenantId])).rows).toEqual([{ key: 'young' }]);
  });

  it('tells the age of the oldest webhook that is not processed', async () => {
    expect(await sweep.ledgerAgeSeconds()).toBe(0);
    await pool.query(`INSERT INTO webhook_events (id, meta_app_id, body) VALUES (uuid_v7(now() - interval '30 seconds'), '1', '')`);
    expect(await sweep.ledgerAgeSeconds()).toBeGreaterThan(29);
    expect(await sweep.ledgerAgeSeconds()).toBeLessThan(60);
  });
});
