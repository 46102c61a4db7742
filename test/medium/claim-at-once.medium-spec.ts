import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, NumberLeases, recordOutcomes, SendingSweep, SystemDb, type LeasedNumber } from '@parley/data';
import { workerDatabase } from '../support/database.js';
import { insertContact, insertMessage, insertMessages, makeTenant, openPool, pairOf, setConsent, type TestTenant } from '../support/fixtures.js';

let pool: pg.Pool;
let db: SystemDb;
let tenant: TestTenant;
let lease: LeasedNumber;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
  db = new SystemDb(pool);
});
beforeEach(async () => {
  tenant = await makeTenant(pool);
  lease = (await new NumberLeases(db, randomUUID()).take(tenant.number.id))!;
});
afterAll(() => pool.end());

const claimAtOnce = (limit = 10) => new Claims(db).claim(lease, limit, { atOnce: true });
const template = () => ({ templateId: tenant.template.id });
const queueTo = async (columns: Record<string, unknown> = {}): Promise<string> => {
  const contact = await insertContact(pool, tenant.tenantId, { consents: ['utility'] });
  return insertMessage(pool, pairOf(tenant, contact), { ...template(), columns });
};
const stored = async (id: string) => (await pool.query('SELECT * FROM messages WHERE id = $1', [id])).rows[0] as Record<string, unknown>;
const attemptsOf = async (id: string): Promise<object[]> =>
  (await pool.query<{ id: string }>('SELECT id, number, lease_epoch, outcome FROM message_attempts WHERE message_id = $1', [id])).rows;

it('claims and marks in one statement: the attempt is committed with the state, for longer than a POST may take', async () => {
  const id = await queueTo();
  const [row] = await claimAtOnce();
  expect(row).toMatchObject({ id, state: 'SENDING', attempts: 0, accountId: tenant.accountId });
  const message = await stored(id);
  expect(message).toMatchObject({ state: 'SENDING', attempts: 1, attempt_id: row!.attemptId, lease_epoch: lease.epoch });
  expect((message['lease_until'] as Date).getTime() - (message['sending_at'] as Date).getTime()).toBeGreaterThan(35_000);
  expect(await attemptsOf(id)).toEqual([{ id: row!.attemptId, number: 1, lease_epoch: lease.epoch, outcome: null }]);
  const { rows } = await pool.query('SELECT type, detail FROM message_events WHERE message_id = $1', [id]);
  expect(rows).toEqual([{ type: 'sending', detail: { attempt: 1, attemptId: row!.attemptId } }]);
});

it('counts attempts on, and its outcome is recorded like any other', async () => {
  const id = await queueTo({ attempts: 2 });
  const [row] = await claimAtOnce();
  expect(row).toMatchObject({ attempts: 2 });
  const rest = { retryInMs: null, reason: null, waId: null, httpStatus: 200, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: '{}' };
  await recordOutcomes(db, [{ tenantId: tenant.tenantId, messageId: id, attemptId: row!.attemptId, outcome: 'accepted', state: 'ACCEPTED', wamid: `wamid.${id}`, ...rest }]);
  expect(await stored(id)).toMatchObject({ state: 'ACCEPTED', attempts: 3 });
});

it('marks nothing that must not leave: another of the pair waits, a withdrawn consent fails, media go the long way', async () => {
  const contact = await insertContact(pool, tenant.tenantId, { consents: ['utility'] });
  const [first, second] = await insertMessages(pool, pairOf(tenant, contact), 2, template());
  const withdrawn = await insertContact(pool, tenant.tenantId, { consents: ['utility'] });
  await setConsent(pool, tenant.tenantId, withdrawn.id, 'utility', 'REVOKED');
  const refused = await insertMessage(pool, pairOf(tenant, withdrawn), template());
  const picture = await queueTo();
  await pool.query('UPDATE messages SET media_ids = ARRAY[uuid_v7()] WHERE id = $1', [picture]);
  const states = Object.fromEntries((await claimAtOnce()).map(({ id, state }) => [id, state]));
  expect(states).toEqual({ [first!]: 'SENDING', [second!]: 'WAITING', [refused]: 'FAILED', [picture]: 'DISPATCHED' });
  for (const id of [second!, refused, picture]) expect(await attemptsOf(id)).toEqual([]);
});

it('takes nothing once the lease is another\'s', async () => {
  const id = await queueTo();
  await pool.query(`UPDATE phone_numbers SET lease_epoch = lease_epoch + 1 WHERE id = $1`, [tenant.number.id]);
  expect(await claimAtOnce()).toEqual([]);
  expect(await stored(id)).toMatchObject({ state: 'QUEUED', attempts: 0 });
});

it('a crash behind it leaves the row in doubt, never due again', async () => {
  const id = await queueTo();
  await claimAtOnce();
  await pool.query(`UPDATE messages SET lease_until = now() - interval '1 ms' WHERE id = $1`, [id]);
  await new SendingSweep(db).reclaimExpired();
  expect(await stored(id)).toMatchObject({ state: 'UNKNOWN', reason: 'outcome.unknown' });
});

it('keeps the parents of messages: ids of numbers, templates and messages never change, and no runtime role deletes any', async () => {
  await queueTo();
  for (const table of ['phone_numbers', 'templates', 'messages']) {
    await expect(pool.query(`UPDATE ${table} SET id = uuid_v7() WHERE tenant_id = $1`, [tenant.tenantId])).rejects.toThrow(/keep their ids and stay/);
    await expect(pool.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant.tenantId])).rejects.toThrow(/permission denied/);
  }
});
