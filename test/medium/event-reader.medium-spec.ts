import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createPool, EventReader, PLANNER_FOR_SETS, SystemDb, type EventConsumer, type ReadEvent } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { workerDatabase } from '../support/database.js';
import { insertTenant, openPool } from '../support/fixtures.js';
import { waitFor } from '../support/wait-for.js';

const PUBLISH = `INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
  SELECT $1, coalesce($3, 'whatsapp.message_sent'), 'message', gen_random_uuid(), json_build_object('n', n) FROM unnest($2::int[]) AS n`;

describe('the reader of events', () => {
  let database: pg.Pool;
  let pool: pg.Pool;
  let reader: EventReader;
  let tenantId: TenantId;
  let consumer: EventConsumer;

  beforeAll(async () => {
    const { system } = await workerDatabase();
    database = openPool(system, 4);
    pool = createPool({ url: system, applicationName: 'spec', size: 4, statementTimeoutMs: 15_000, idleTransactionTimeoutMs: 10_000, planner: PLANNER_FOR_SETS, onError: () => {} });
    reader = new EventReader(new SystemDb(pool));
  });
  beforeEach(async () => {
    tenantId = await insertTenant(database);
    consumer = { name: `spec-${randomUUID()}`, from: 'now' };
    await reader.read(consumer, 1, async () => {});
  });
  afterAll(async () => {
    await Promise.all([database.end(), pool.end()]);
  });

  const publish = (...numbers: number[]) => database.query(PUBLISH, [tenantId, numbers, null]);
  const numberOf = ({ data }: ReadEvent) => data['n'] as number;

  /** All that can be read now, of this tenant. */
  async function readAll(limit = 100, of = consumer): Promise<number[]> {
    const seen: number[] = [];
    while ((await reader.read(of, limit, async (_, events) => void seen.push(...events.filter((one) => one.tenantId === tenantId).map(numberOf)))) > 0);
    return seen;
  }

  /** Reads until so many came: transactions of other specs may hold the end back for a moment. */
  async function readUntil(count: number, limit?: number, of?: EventConsumer): Promise<number[]> {
    const seen: number[] = [];
    await waitFor(async () => seen.push(...(await readAll(limit, of))) >= count);
    return seen;
  }

  it('reads each event once and in order, whatever the size of its sets', async () => {
    await publish(1, 2, 3);
    await publish(4);
    await publish(5, 6);
    expect(await readUntil(6, 2)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await readAll()).toEqual([]);
  });

  it('misses nothing of a transaction that commits late, and keeps the order', async () => {
    const late = await database.connect();
    try {
      await late.query('BEGIN');
      await late.query(PUBLISH, [tenantId, [1], null]);
      await publish(2);
      expect(await readAll()).toEqual([]);
      await late.query(PUBLISH, [tenantId, [3], null]);
      await late.query('COMMIT');
    } finally {
      late.release();
    }
    expect(await readUntil(3)).toEqual([1, 3, 2]);
  });

  it('reads past a transaction that was rolled back', async () => {
    const lost = await database.connect();
    await lost.query('BEGIN');
    await lost.query(PUBLISH, [tenantId, [1], null]);
    await publish(2);
    await lost.query('ROLLBACK');
    lost.release();
    expect(await readUntil(1)).toEqual([2]);
  });

  it('moves with the work or not at all', async () => {
    await publish(1, 2);
    const failing = async () => reader.read(consumer, 10, async (tx, events) => {
      await tx.query({ name: 'spec.work', text: `INSERT INTO tenants (name) VALUES ('half done')` });
      if (events.some((one) => one.tenantId === tenantId)) throw new Error('no');
    });
    await expect(waitFor(async () => (await failing()) < 0)).rejects.toThrow('no');
    expect((await database.query(`SELECT FROM tenants WHERE name = 'half done'`)).rowCount).toBe(0);
    expect(await readUntil(2)).toEqual([1, 2]);
  });

  it('lets a second process do nothing while one reads', async () => {
    await publish(1);
    const seen: number[] = [];
    let second: number | undefined;
    await waitFor(async () => {
      await reader.read(consumer, 10, async (_, events) => {
        second = await reader.read(consumer, 10, () => Promise.reject(new Error('twice')));
        seen.push(...events.map(numberOf));
      });
      return second !== undefined;
    });
    expect([second, seen]).toEqual([0, [1]]);
  });

  it('keeps consumers apart, and begins where each wants to', async () => {
    await publish(1);
    expect(await readUntil(1)).toEqual([1]);
    const early: EventConsumer = { name: `spec-${randomUUID()}`, from: 'beginning' };
    expect(await readUntil(1, 500, early)).toEqual([1]);
  });

  it('shows only the types that are wanted, and goes past the others', async () => {
    const picky: EventConsumer = { ...consumer, types: ['whatsapp.message_read'] };
    await publish(1, 2);
    await database.query(PUBLISH, [tenantId, [3], 'whatsapp.message_read']);
    await publish(4);
    expect(await readUntil(1, 1, picky)).toEqual([3]);
    expect(await readAll()).toEqual([]);
  });

  it('refuses to go on in another cluster', async () => {
    await database.query(`UPDATE event_cursors SET epoch = 'another' WHERE consumer = $1`, [consumer.name]);
    await expect(reader.read(consumer, 1, async () => {})).rejects.toThrow('delete its row of event_cursors');
  });

  it('tells how far behind a consumer is', async () => {
    expect(await reader.lagSeconds({ name: 'spec-nobody', from: 'now' })).toBe(0);
    await publish(1);
    await waitFor(async () => (await reader.lagSeconds(consumer)) > 0);
  });

  it('goes straight to its place in the index, whatever lies behind it', async () => {
    const client = await pool.connect();
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM events e WHERE (e.xid, e.id) > ('7'::xid8, $1::uuid) AND e.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.xid, e.id LIMIT 500`,
      [randomUUID()],
    );
    client.release();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Cond: \(\(ROW\(xid, id\) > /);
    expect(plan).not.toMatch(/Seq Scan|Sort$|->\s+Sort|Bitmap/m);
  });
});
