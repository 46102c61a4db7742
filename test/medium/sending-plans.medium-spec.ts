import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Claims, markSending, PLANNER_FOR_SETS, recordOutcomes, SendingSweep, SystemDb, type LeasedNumber, type Statement } from '@parley/data';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { insertContact, insertMessage, makeTenant, openPool, pairOf, type TestTenant } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';

/** Rows that wait behind every statement that is looked at here. */
const BACKLOG = 50_000;
const SCHEDULED = 10_000;
const SET = 16;
/** Whose leases these are. */
const HOLDER = randomUUID();
/** No statement may look at more rows in one place, whatever waits: a few for each of its set. */
const MOST_ROWS = 40 * SET;
const PAIR_ROWS = 10_000;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
const touched = (node: Plan): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops'];

// What is sent with a million rows waiting must cost what it costs with a thousand. The plans are those of the pool of
// parley_system: made once, for any values.
describe('with a backlog', () => {
  let database: TestDatabase & { drop(): Promise<void> };
  let pool: pg.Pool;
  let client: pg.Client;
  let tenant: TestTenant;
  let lease: LeasedNumber;
  /** Runs what the product runs, and explains each statement on the way. */
  let explaining: SystemDb;
  let plans: Map<string, Plan>;
  let explained = 0;

  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPool(database.system);
    const options = Object.entries(PLANNER_FOR_SETS).map(([name, value]) => `-c ${name}=${value}`).join(' ');
    client = new pg.Client({ connectionString: database.system, options });
    await client.connect();
    tenant = await makeTenant(pool);
    await layDown('QUEUED', 2, BACKLOG);
    await layDown('WAITING', 2, SCHEDULED, `'schedule'`, `now() + interval '1 day'`);
    await layDown('WAITING', 2, 2_000, `'quota'`, 'now()');
    const owner = new pg.Client({ connectionString: database.owner });
    await owner.connect();
    await owner.query('ANALYZE');
    await owner.end();
    explaining = { query: (statement: Statement, values: readonly unknown[] = []) => explain(statement, values) } as unknown as SystemDb;
    lease = (await takeNumber(new SystemDb(pool), tenant.number.id, HOLDER))!;
  }, 60_000);
  beforeEach(() => void (plans = new Map()));
  afterAll(async () => {
    await client.end();
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

  async function explain(statement: Statement, values: readonly unknown[]): Promise<unknown[]> {
    const types = values.map(() => 'unknown').join(', ');
    const name = `p${(explained += 1)}`;
    await client.query(`PREPARE ${name}${types === '' ? '' : ` (${types})`} AS ${statement.text}`);
    const given = values.map((value) => client.escapeLiteral(literal(value))).map((text, at) => (values[at] === null ? 'NULL' : text));
    const run = `${name}${given.length === 0 ? '' : ` (${given.join(', ')})`}`;
    // Looked at and undone, then done.
    await client.query('BEGIN');
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${run}`);
    await client.query('ROLLBACK');
    plans.set(statement.name, rows[0]!['QUERY PLAN'][0].Plan);
    return (await client.query<object>(`EXECUTE ${run}`)).rows;
  }

  /** No table is read from end to end, and no node touches more rows than a set explains. */
  function expectBounded(name: string, most = MOST_ROWS): void {
    const nodes = flat(plans.get(name)!);
    expect([name, nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'messages')]).toEqual([name, []]);
    const scans = nodes.filter((node) => node['Relation Name'] !== undefined && node['Node Type'] !== 'ModifyTable');
    expect([name, scans.filter((node) => touched(node) > most).map((node) => [node['Node Type'], node['Index Name'], touched(node)])]).toEqual([name, []]);
    expect([name, nodes.filter((node) => node['Node Type'] === 'Sort' && touched(node) > most)]).toEqual([name, []]);
  }

  it('claim, mark, record, promotion and repair go by indexes and touch a bounded number of rows', async () => {
    const opened = (await new Claims(explaining, HOLDER).open(tenant.number.id, SET))!;
    expect(opened.rows).toHaveLength(SET);
    lease = opened.lease;
    const claimed = (await new Claims(explaining, HOLDER).claim(lease, SET)).filter(({ state }) => state === 'DISPATCHED');
    expect(claimed).toHaveLength(SET);
    const marks = claimed.map(({ tenantId, id: messageId, attemptId }) => ({ tenantId, messageId, attemptId, numberId: lease.numberId, epoch: lease.epoch }));
    expect(await markSending(explaining, marks)).toEqual(marks.map(() => true));
    const nothing = { retryInMs: null, waitCause: null, isSpared: false, reason: null, waId: null, httpStatus: 200, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: null };
    const outcomes = marks.map(({ tenantId, messageId, attemptId }) => ({ ...nothing, tenantId, messageId, attemptId, outcome: 'accepted', state: 'ACCEPTED', wamid: `wamid.${messageId}` }) as const);
    expect((await recordOutcomes(explaining, outcomes)).map((one) => one?.state)).toEqual(outcomes.map(() => 'ACCEPTED'));
    const sweep = new SendingSweep(explaining);
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
    const claimed = await new Claims(explaining, randomUUID()).claim(held, SET);
    expect(claimed.map(({ state }) => state).sort()).toEqual(['DISPATCHED', 'WAITING']);
    expect(claimed.find(({ state }) => state === 'DISPATCHED')!.id).toBe(neighbour);
    const sweep = new SendingSweep(explaining);
    expect(await sweep.freePairs(number.number.id, [stuck.contactId])).toBe(0);
    await pool.query(`UPDATE messages SET updated_at = now() - interval '11 seconds' WHERE tenant_id = $1 AND state = 'UNKNOWN'`, [number.tenantId]);
    expect(await sweep.freeAllPairs()).toBe(1);
    for (const name of ['sending.claim', 'sending.free-pairs', 'sweep.free-pairs']) expectBounded(name);
  }, 30_000);
});

/** As the driver would send it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map((one) => (one === null ? 'NULL' : `"${literal(one).replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
