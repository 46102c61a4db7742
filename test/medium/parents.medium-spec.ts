import type pg from 'pg';
import { workerDatabase } from '../support/database.js';
import { insertMessage, makeTenant, openPool, pairOf } from '../support/fixtures.js';

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
