import { SendingSweep, SystemDb } from '@parley/data';
import type pg from 'pg';
import { workerDatabase } from '../support/database.js';
import { insertMessage, insertMessages, makeTenant, openPool, pairOf } from '../support/fixtures.js';

let pool: pg.Pool;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
});
afterAll(() => pool.end());

it('keeps the parents of messages: ids of numbers, templates and messages never change, and no runtime role deletes any', async () => {
  const tenant = await makeTenant(pool);
  await insertMessage(pool, pairOf(tenant), { templateId: tenant.template.id });
  for (const table of ['phone_numbers', 'templates', 'messages']) {
    await expect(pool.query(`UPDATE ${table} SET id = uuid_v7() WHERE tenant_id = $1`, [tenant.tenantId])).rejects.toThrow(/keep their ids and stay/);
    await expect(pool.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant.tenantId])).rejects.toThrow(/permission denied/);
  }
});

// PostgreSQL plans the look-up of a foreign key once for each connection, often while the table is empty: of two indexes that begin
// with the tenant it may then keep the one that knows nothing of the id, and reads all rows of the tenant for each child.
it('has no index on a parent that the look-up of a foreign key could take for the tenant alone', async () => {
  const { rows } = await pool.query<{ index: string }>(
    `SELECT i.indexrelid::regclass::text AS index
       FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indrelid IN ('contacts'::regclass, 'consent_events'::regclass, 'conversations'::regclass, 'messages'::regclass)
        AND a.attname = 'tenant_id' AND i.indpred IS NULL AND NOT i.indisprimary`,
  );
  expect(rows).toEqual([]);
});

it('tells the planner of a table that has grown fourfold, once, so that no plan outlives the size that it was made for', async () => {
  const sweep = new SendingSweep(new SystemDb(pool));
  const fresh = async (): Promise<string[]> => {
    const names: string[] = [];
    for (let name = await sweep.analyzeGrown(); name !== null; name = await sweep.analyzeGrown()) names.push(name);
    return names;
  };
  await fresh();
  const tenant = await makeTenant(pool);
  const known = await pool.query<{ pages: number }>(`SELECT relpages AS pages FROM pg_class WHERE relname = 'messages'`);
  // More than four times as much as is there, however small the rows are.
  await insertMessages(pool, pairOf(tenant), 200 + 150 * known.rows[0]!.pages);
  expect(await fresh()).toContain('messages');
  expect(await fresh()).toEqual([]);
});
