import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Claims, markSending, recordOutcomes, SendingSweep, SystemDb, type LeasedNumber } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { ExplainingDb, flat, touched } from '../support/explain.js';
import { insertContact, insertMessage, makeTenant, openPool, pairOf, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

/** Rows that wait behind every statement that is looked at here. */
const BACKLOG = 50_000;
const SCHEDULED = 10_000;
const SET = 64;
/** Whose leases these are. */
const HOLDER = randomUUID();
/** No statement may look at more rows in one place, whatever waits: a few for each of its set. */
const MOST_ROWS = 40 * SET;
const PAIR_ROWS = 10_000;

// What is sent with a million rows waiting must cost what it costs with a thousand. The plans are those of the pool of
// parley_system: made once, for any values.
describe('with a backlog', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let pool: pg.Pool;
  let explaining: ExplainingDb;
  let tenant: TestTenant;
  let lease: LeasedNumber;

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPool(database.system);
    explaining = await ExplainingDb.connect(database.system);
    tenant = await makeTenant(pool);
    await layDown('QUEUED', 2, BACKLOG);
    await layDown('WAITING', 2, SCHEDULED, `'schedule'`, `now() + interval '1 day'`);
    await layDown('WAITING', 2, 2_000, `'quota'`, 'now()');
    const owner = new pg.Client({ connectionString: database.owner });
    await owner.connect();
    await owner.query('ANALYZE');
    await owner.end();
    lease = (await takeNumber(new SystemDb(pool), tenant.number.id, HOLDER))!;
  }, 60_000);
  beforeEach(() => explaining.plans.clear());
  afterAll(async () => {
    await explaining.close();
    await pool.end();
    await database.drop();
  });

  /** Messages, each to a contact of its own who agreed to it. */
  async function layDown(state: string, lane: number, count: number, cause = 'NULL', until = 'NULL'): Promise<void> {
    await pool.query(
      `WITH c AS (INSERT INTO contacts (tenant_id) SELECT $1 FROM generate_series(1, $4::int) RETURNING tenant_id, id),
            e AS (INSERT INTO consent_events (tenant_id, contact_id, purpose, status, source, actor)
                  SELECT tenant_id, id, 'utility', 'GRANTED', 'spec', 'spec' FROM c RETURNING tenant_id, contact_id, id),
            g AS (INSERT INTO consents (tenant_id, contact_id, purpose, status, event_id) SELECT tenant_id, contact_id, 'utility', 'GRANTED', id FROM e)
       INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, recipient, lane,
                             purpose, template_id, state, wait_cause, wait_until, valid_until)
       SELECT tenant_id, uuid_v7(statement_timestamp(), (row_number() OVER ())::int), $2, id, 'OUTBOUND', 'app', 'template', '{}', '{}', 'x',
              '+40722000000', $5, 'utility', $3, $6, ${cause}, ${until}, now() + interval '1 day'
         FROM c`,
      [tenant.tenantId, tenant.number.id, tenant.template.id, count, lane, state],
    );
  }

  /** No table is read from end to end, and no node touches more rows than a set explains. */
  function expectBounded(name: string, most = MOST_ROWS): void {
    const nodes = flat(explaining.plans.get(name)!);
    expect([name, nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'messages')]).toEqual([name, []]);
    const scans = nodes.filter((node) => (node['Relation Name'] ?? node['CTE Name']) !== undefined && node['Node Type'] !== 'ModifyTable');
    expect([name, scans.filter((node) => touched(node) > most).map((node) => [node['Node Type'], node['Index Name'], touched(node)])]).toEqual([name, []]);
    expect([name, nodes.filter((node) => node['Node Type'] === 'Sort' && touched(node) > most)]).toEqual([name, []]);
  }

  it('claim, mark, record, promotion and repair go by indexes and touch a bounded number of rows', async () => {
    const opened = (await new Claims(explaining.db, HOLDER).open(tenant.number.id, SET))!;
    expect(opened.rows).toHaveLength(SET);
    lease = opened.lease;
    const claimed = (await new Claims(explaining.db, HOLDER).claim(lease, SET)).filter(({ state }) => state === 'DISPATCHED');
    expect(claimed).toHaveLength(SET);
    const marks = claimed.map(({ tenantId, id: messageId, attemptId }) => ({ tenantId, messageId, attemptId, numberId: lease.numberId, epoch: lease.epoch }));
    expect(await markSending(explaining.db, marks)).toEqual(marks.map(() => true));
    const nothing = { retryInMs: null, waitCause: null, isSpared: false, reason: null, waId: null, httpStatus: 200, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null };
    const outcomes = marks.map(({ tenantId, messageId, attemptId }) => ({ ...nothing, tenantId, messageId, attemptId, outcome: 'accepted', state: 'ACCEPTED', wamid: `wamid.${messageId}` }) as const);
    expect((await recordOutcomes(explaining.db, outcomes)).map((one) => one?.state)).toEqual(outcomes.map(() => 'ACCEPTED'));
    const sweep = new SendingSweep(explaining.db);
    expect(await sweep.promoteDue()).toMatchObject([{ queued: 1_000 }]);
    await sweep.reclaimExpired();
    await sweep.freeAllPairs();
    await sweep.expireCodes();
    await sweep.dueNumbers();
    for (const name of ['sending.open', 'sending.claim', 'sending.mark', 'sending.record', 'sweep.reclaim', 'sweep.free-pairs', 'sweep.expire-codes', 'sweep.due-numbers']) expectBounded(name);
    expectBounded('sweep.promote', 1_100);
  }, 30_000);

  it('a pair of 10,000 rows behind a doubt is moved aside once, and slows down none of its neighbours', async () => {
    const number = await makeTenant(pool);
    const stuck = pairOf(number);
    await insertMessage(pool, stuck, { state: 'UNKNOWN' });
    await pool.query(
      `INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, recipient, lane, purpose,
                             template_id, state, wait_cause, valid_until)
       SELECT $1, uuid_v7(statement_timestamp(), n), $2, $3, 'OUTBOUND', 'app', 'template', '{}', '{}', 'x', '+40722000000', 2, 'utility', $4, 'WAITING', 'pair',
              now() + interval '1 day' FROM generate_series(1, $5::int) AS n`,
      [stuck.tenantId, stuck.numberId, stuck.contactId, number.template.id, PAIR_ROWS],
    );
    await insertMessage(pool, stuck, { templateId: number.template.id });
    const neighbour = await insertMessage(pool, pairOf(number, await insertContact(pool, number.tenantId, { consents: ['utility'] })), { templateId: number.template.id });
    const held = (await takeNumber(new SystemDb(pool), number.number.id))!;
    const claimed = await new Claims(explaining.db, randomUUID()).claim(held, SET);
    expect(claimed.map(({ state }) => state).sort()).toEqual(['DISPATCHED', 'WAITING']);
    expect(claimed.find(({ state }) => state === 'DISPATCHED')!.id).toBe(neighbour);
    const sweep = new SendingSweep(explaining.db);
    expect(await sweep.freePairs(number.number.id, [stuck.contactId])).toBe(0);
    await pool.query(`UPDATE messages SET updated_at = now() - interval '11 seconds' WHERE tenant_id = $1 AND state = 'UNKNOWN'`, [number.tenantId]);
    expect(await sweep.freeAllPairs()).toBe(1);
    for (const name of ['sending.claim', 'sending.free-pairs', 'sweep.free-pairs']) expectBounded(name);
  }, 30_000);
});
