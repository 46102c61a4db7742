import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, SendingSweep, SystemDb, type ClaimedMessage } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertContact, insertHold, insertMessage, makeTenant, openPool, pairOf, type MessageOptions, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
const AUTHENTICATION = { lane: 0, purpose: 'authentication' } as const;

// What a hold or a quota takes from a message is given back to it; a code is soon of no use.
describe('validity', () => {
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
    tenant = await makeTenant(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  /** Accepted six hours ago for five; nominally over for an hour. */
  async function overdue(options: MessageOptions = {}): Promise<string> {
    const contact = await insertContact(pool, tenant.tenantId, { consents: ['utility', 'authentication'] });
    const { columns, ...others } = options;
    return insertMessage(pool, pairOf(tenant, contact), { templateId: tenant.template.id, ...others, columns: { created_at: ago(6), valid_until: ago(1), ...columns } });
  }
  const claim = async (): Promise<[string, string][]> => {
    const lease = (await takeNumber(db, tenant.number.id))!;
    return (await new Claims(db, randomUUID()).claim(lease, 10)).map(({ id, state }: ClaimedMessage) => [id, state]);
  };
  const row = async (id: string) =>
    (await pool.query<{ state: string; reason: string | null; stood_seconds: number | null }>('SELECT state, reason, stood_seconds FROM messages WHERE id = $1', [id])).rows[0]!;
  const told = async (id: string): Promise<string[]> =>
    (await pool.query<{ type: string }>('SELECT type FROM events WHERE resource_id = $1 UNION ALL SELECT type FROM message_events WHERE message_id = $1', [id])).rows.map(({ type }) => type);

  it('ends a message that nothing held', async () => {
    const id = await overdue();
    expect(await claim()).toEqual([[id, 'EXPIRED']]);
  });

  it.each([
    ['the number', 1.5, 'DISPATCHED'],
    ['the account', 1.5, 'DISPATCHED'],
    ['the number, but too short', 0.5, 'EXPIRED'],
  ])('stands still while %s is held (%d h)', async (what, hours, state) => {
    const scope = what === 'the account' ? { scope: 'account', scope_id: tenant.accountId } : {};
    await insertHold(pool, tenant, { ...scope, began_at: ago(4), ended_at: ago(4 - hours), ended_by: 'spec' });
    const id = await overdue();
    expect(await claim()).toEqual([[id, state]]);
  });

  it('gives nothing back for a hold from before the message was to leave', async () => {
    await insertHold(pool, tenant, { began_at: ago(48), ended_at: ago(5.9), ended_by: 'spec' });
    const early = await overdue();
    await insertHold(pool, tenant, { began_at: ago(5.5), ended_at: ago(3), ended_by: 'spec', cause: 'credential' });
    const scheduled = await overdue({ columns: { send_at: ago(2.5) } });
    expect(await claim()).toEqual([[early, 'DISPATCHED'], [scheduled, 'EXPIRED']]);
  });

  it('runs on for a code, whatever holds its number, and the sweeper ends it there', async () => {
    await insertHold(pool, tenant, { began_at: ago(8) });
    const [code, young] = [await overdue(AUTHENTICATION), await overdue({ ...AUTHENTICATION, columns: { valid_until: new Date(Date.now() + HOUR_MS) } })];
    const other = await overdue();
    expect(await sweep.expireCodes()).toBe(1);
    expect(await Promise.all([code, young, other].map(row))).toMatchObject([{ state: 'EXPIRED', reason: 'message.expired' }, { state: 'QUEUED' }, { state: 'QUEUED' }]);
    expect((await told(code)).sort()).toEqual(['expired', 'whatsapp.message_failed']);
  });

  it.each([
    ['quota', 2, 'QUEUED'],
    ['tier', 2, 'QUEUED'],
    ['quota', 0.5, 'EXPIRED'],
    ['retry', 2, 'EXPIRED'],
    ['pair', 2, 'EXPIRED'],
  ])('of what waited for %s for %d h: %s', async (cause, hours, state) => {
    const id = await overdue({ state: 'WAITING', columns: { wait_cause: cause, wait_until: ago(0.1), updated_at: ago(hours) } });
    expect(await sweep.promoteDue()).toEqual([{ numberId: tenant.number.id, queued: state === 'QUEUED' ? 1 : 0, expired: state === 'EXPIRED' ? 1 : 0 }]);
    expect((await row(id)).state).toBe(state);
    if (state === 'QUEUED') expect(await claim()).toEqual([[id, 'DISPATCHED']]);
    else expect((await told(id)).sort()).toEqual(['expired', 'whatsapp.message_failed']);
  });

  it('lets a code that a quota holds wait no longer than it is good for', async () => {
    const code = await overdue({ ...AUTHENTICATION, columns: { valid_until: new Date(Date.now() + 60_000) } });
    const [claimed] = await new Claims(db, randomUUID()).claim((await takeNumber(db, tenant.number.id))!, 10);
    await new Claims(db, randomUUID()).setAside([{ message: claimed!, cause: 'quota', retryInMs: HOUR_MS }]);
    const waits = async () => (await pool.query<{ wait_cause: string; to_the_end: boolean }>('SELECT wait_cause, wait_until = valid_until AS to_the_end FROM messages WHERE id = $1', [code])).rows;
    expect(await waits()).toEqual([{ wait_cause: 'quota', to_the_end: true }]);
    await pool.query(`UPDATE messages SET valid_until = now(), wait_until = now() WHERE id = $1`, [code]);
    await sweep.promoteDue();
    expect((await row(code)).state).toBe('EXPIRED');
  });

  it('lets a retry pass a thousand rows that are due with it for another cause', async () => {
    await pool.query(
      `INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, recipient, purpose, state,
                             wait_cause, wait_until, valid_until)
       SELECT $1, uuid_v7(statement_timestamp(), n), $2, $3, 'OUTBOUND', 'app', 'text', '{}', '{}', 'x', '+40722000000', 'utility', 'WAITING', 'quota',
              now() - interval '1 hour', now() + interval '1 day' FROM generate_series(1, 2000) AS n`,
      [tenant.tenantId, tenant.number.id, tenant.contact.id],
    );
    const id = await overdue({ state: 'WAITING', columns: { wait_cause: 'retry', wait_until: new Date(), valid_until: new Date(Date.now() + HOUR_MS) } });
    await sweep.promoteDue();
    expect((await row(id)).state).toBe('QUEUED');
  });
});
