import type pg from 'pg';
import { Batcher, insertMessages, recordConsents, SystemDb, type ConsentDecision, type NewMessage } from '@parley/data';
import { workerDatabase } from '../support/database.js';
import { insertConversation, makeTenant, openPool, pairOf, type TestTenant } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';

/** A message that passed every check. */
function newMessage(tenant: TestTenant, arrival: number, changes: Partial<NewMessage> = {}): NewMessage {
  return {
    tenantId: tenant.tenantId,
    numberId: tenant.number.id,
    contactId: tenant.contact.id,
    sender: 'app',
    kind: 'text',
    content: '{"body":"Hello"}',
    payload: '{"type":"text"}',
    displayContent: `Hello ${arrival}`,
    recipient: tenant.contact.phone,
    lane: 1,
    laneInWindow: 1,
    purpose: 'service',
    templateId: null,
    templateVersion: null,
    replyToWamid: null,
    mediaIds: [],
    maxAttempts: 3,
    sendAt: null,
    validSeconds: 3_600,
    customerId: null,
    orderId: null,
    quoteId: null,
    userId: null,
    source: 'api',
    key: null,
    requestHash: Buffer.alloc(32),
    arrival,
    ...changes,
  };
}

describe('the Batcher before a real set statement', () => {
  let pool: pg.Pool;
  let db: SystemDb;
  let tenant: TestTenant;

  beforeAll(async () => {
    pool = openPool((await workerDatabase()).system);
    db = new SystemDb(pool);
  });
  beforeEach(async () => {
    tenant = await makeTenant(pool);
    await insertConversation(pool, pairOf(tenant), 1);
  });
  afterAll(() => pool.end());

  const accepting = (): Batcher<NewMessage, string> =>
    new Batcher({
      name: 'spec',
      run: (rows) =>
        db.transaction(async (tx) => {
          const written = await insertMessages(tx, rows.map((row, arrival) => ({ ...row, arrival })));
          const ids = new Map(written.map(({ arrival, id }) => [arrival, id]));
          return rows.map((_, at) => ids.get(at)!);
        }),
      keyOf: (row) => String(row.arrival).padStart(4, '0'),
      bytesOf: (row) => row.content.length,
    });

  const stored = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ display_content: string }>('SELECT display_content FROM messages WHERE tenant_id = $1', [tenant.tenantId]);
    return rows.map((row) => row.display_content).sort();
  };

  const BAD: readonly [string, () => Partial<NewMessage>, string][] = [
    ['a text with U+0000', () => ({ displayContent: 'bad \u0000' }), '22021'],
    ['content that is no JSON', () => ({ content: '{"body":' }), '22P02'],
    ['a lane that there is not', () => ({ lane: 9, laneInWindow: 9 }), '23514'],
    ['a number out of range', () => ({ maxAttempts: 40_000 }), '22003'],
  ];

  it.each(BAD)('fails only %s among 64 parallel good rows', async (_, change, code) => {
    const batcher = accepting();
    const rows = Array.from({ length: 65 }, (__, at) => newMessage(tenant, at, at === 32 ? change() : {}));
    const answers = await Promise.allSettled(rows.map((row) => batcher.add(row)));
    expect(answers.flatMap((answer, at) => (answer.status === 'rejected' ? [[at, (answer.reason as { code: string }).code]] : []))).toEqual([[32, code]]);
    expect(await stored()).toEqual(rows.filter((row) => row.arrival !== 32).map((row) => row.displayContent).sort());
  });

  it('fails only the \\u0000 in jsonb among 64 parallel good rows', async () => {
    const table = `batcher_jsonb_${process.pid}`;
    const owner = openPool((await workerDatabase()).owner, 1);
    await owner.query(`CREATE TABLE ${table} (body jsonb NOT NULL)`);
    await owner.query(`GRANT INSERT, SELECT ON ${table} TO PUBLIC`);
    const insert = { name: 'spec.jsonb', text: `INSERT INTO ${table} SELECT unnest($1::text[])::jsonb RETURNING body` };
    const batcher = new Batcher<string, object>({ name: 'spec', run: (rows) => db.query(insert, [rows]), keyOf: (row) => row, bytesOf: () => 10 });
    const rows = Array.from({ length: 65 }, (_, at) => JSON.stringify({ at, text: at === 7 ? '\u0000' : 'good' }));
    const answers = await Promise.allSettled(rows.map((row) => batcher.add(row)));
    expect(answers.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([7]);
    expect((await pool.query(`SELECT FROM ${table}`)).rowCount).toBe(64);
    await owner.query(`DROP TABLE ${table}`);
    await owner.end();
  });

  it('runs a set again that lost a deadlock against another', async () => {
    const rows = [newMessage(tenant, 0), newMessage(tenant, 1)];
    const ids = await Promise.all(rows.map((row) => accepting().add(row)));
    let tries = 0;
    const touch = { name: 'spec.touch', text: 'UPDATE messages SET updated_at = now() WHERE tenant_id = $1 AND id = $2 RETURNING id' };
    let met: () => void = () => {};
    let waiting = 2;
    const answers: Promise<boolean>[] = [];
    const both = new Promise<void>((resolve) => (met = resolve));
    // Unsorted on purpose: two sets that cross each other's locks.
    const crossing = (order: readonly string[]) =>
      new Batcher<string, boolean>({
        name: 'spec',
        run: () =>
          db.transaction(async (tx) => {
            // Only two that are under way at once can cross: the one that lost comes again when the other is through.
            if (++tries > 2) await Promise.race(answers);
            await tx.query(touch, [tenant.tenantId, order[0]]);
            if (--waiting === 0) met();
            await both;
            await tx.query(touch, [tenant.tenantId, order[1]]);
            return [true];
          }),
        keyOf: (row) => row,
        bytesOf: () => 10,
      });
    answers.push(crossing(ids).add('a'), crossing([...ids].reverse()).add('b'));
    await expect(Promise.all(answers)).resolves.toEqual([true, true]);
    expect(tries).toBe(3);
  });

  it('tells all callers with 503 when their connections are cut, and works again at once', async () => {
    const own = openPool((await workerDatabase()).system, 2);
    const slow = { name: 'spec.slow', text: 'SELECT pg_sleep(10)' };
    const cut = new Batcher<number, object>({ name: 'spec', run: (rows) => new SystemDb(own).query(slow).then(() => rows.map(() => ({}))), keyOf: String, bytesOf: () => 10 });
    const answers = Promise.allSettled([1, 2, 3].map((row) => cut.add(row)));
    const isSleeping = `SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(10)' AND datname = current_database() AND state = 'active'`;
    let sleeping: { pid: number }[] = [];
    await waitFor(async () => (sleeping = (await pool.query<{ pid: number }>(isSleeping)).rows).length > 0);
    for (const { pid } of sleeping) await pool.query('SELECT pg_terminate_backend($1)', [pid]);
    for (const answer of await answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'database.unavailable', httpStatus: 503, retryAfterSeconds: 1 } });
    }
    await expect(new SystemDb(own).query({ name: 'spec.one', text: 'SELECT 1 AS one' })).resolves.toEqual([{ one: 1 }]);
    await own.end();
  });

  it('writes nothing of a set of consents in which one names a contact of nobody, but all the others', async () => {
    const batcher = new Batcher<ConsentDecision, unknown>({
      name: 'spec',
      run: (rows) => db.transaction((tx) => recordConsents(tx, rows)),
      keyOf: (row) => row.source,
      bytesOf: () => 100,
    });
    const decision = (at: number): ConsentDecision => ({
      tenantId: tenant.tenantId,
      contactId: at === 5 ? tenant.number.id : tenant.contact.id,
      purpose: 'marketing',
      status: 'DENIED',
      source: `form-${at}`,
      evidence: null,
      actor: 'spec',
      messageId: null,
    });
    const answers = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => batcher.add(decision(at))));
    expect(answers.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([5]);
    const { rowCount } = await pool.query(`SELECT FROM consent_events WHERE tenant_id = $1 AND source LIKE 'form-%'`, [tenant.tenantId]);
    expect(rowCount).toBe(9);
  });
});
