import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Claims, markSending, recordOutcomes, SystemDb } from '@parley/data';
import { workerDatabase } from '../support/database.js';
import { insertMessage, makeTenant, openPool, pairOf, uniqueDigits } from '../support/fixtures.js';
import { takeNumber } from '../support/lease.js';
import { waitFor } from '../support/wait-for.js';

let pool: pg.Pool;

beforeAll(async () => {
  pool = openPool((await workerDatabase()).system);
});
afterAll(() => pool.end());

const isSomebodyWaiting = async (): Promise<boolean> => {
  const text = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  return (await pool.query(text)).rows.length > 0;
};

it('an answer of Meta and a message of the same customer write identity and conversation in one order, and do not deadlock', async () => {
  const db = new SystemDb(pool);
  const tenant = await makeTenant(pool);
  const [pair, waId] = [pairOf(tenant), uniqueDigits()];
  await insertMessage(pool, pair, { templateId: tenant.template.id });
  const lease = (await takeNumber(db, tenant.number.id))!;
  const { tenantId, id: messageId, attemptId } = (await new Claims(db, randomUUID()).claim(lease, 1))[0]!;
  await markSending(db, [{ tenantId, messageId, numberId: tenant.number.id, attemptId, epoch: lease.epoch }]);
  const rest = { retryInMs: null, waitCause: null, isSpared: false, reason: null, httpStatus: 200, errorCode: null, errorSubcode: null, errorText: null, traceId: null, answer: '{}' };

  const inbound = await pool.connect();
  try {
    await inbound.query('BEGIN');
    await inbound.query("INSERT INTO contact_identities (tenant_id, kind, value, contact_id) VALUES ($1, 'wa_id', $2, $3)", [tenantId, waId, pair.contactId]);
    const recorded = recordOutcomes(db, [{ tenantId, messageId, attemptId, outcome: 'accepted', state: 'ACCEPTED', wamid: `wamid.${messageId}`, waId, ...rest }]);
    await waitFor(isSomebodyWaiting);
    const columns = [tenantId, pair.numberId, pair.contactId];
    await inbound.query('INSERT INTO conversations (tenant_id, phone_number_id, contact_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', columns);
    await inbound.query('COMMIT');
    await expect(recorded).resolves.toMatchObject([{ messageId, state: 'ACCEPTED' }]);
  } finally {
    inbound.release();
  }
  const { rows } = await pool.query('SELECT message_count FROM conversations WHERE contact_id = $1', [pair.contactId]);
  expect(rows).toEqual([{ message_count: 1 }]);
});
