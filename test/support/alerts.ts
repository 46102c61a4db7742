import type pg from 'pg';
import { AlertSchedule } from '../../apps/worker/src/alerts/alert-schedule.js';
import { DeliverAlerts } from '../../apps/worker/src/alerts/deliver-alerts.js';
import { insertMessages, insertRow, pairOf, type Columns, type TestTenant } from './fixtures.js';
import type { TestWorker } from './worker.js';

/** What a worker of a spec about alerts is started with: looked at by the spec alone, and small thresholds. */
export const ALERT_SETTINGS = {
  ALERT_LOOK_INTERVAL_MS: '60000',
  POLL_INTERVAL_MS: '60000',
  ALERT_DEAD_LETTER_THRESHOLD: '5',
  ALERT_QUEUE_DEPTH_THRESHOLD: '5',
  ALERT_FAILURE_RATE_MINIMUM: '4',
} as const;

/** A row of alerts, as the database has it. */
export interface KeptAlert {
  id: string;
  kind: string;
  tenant_id: string | null;
  state: string;
  severity: string;
  told: string;
  subject: string | null;
  facts: Record<string, unknown>;
}

/** A round in which every check is due. */
export async function lookNow(worker: TestWorker): Promise<void> {
  await worker.pool.query(`UPDATE alert_checks SET checked_at = now() - interval '1 day'`);
  await worker.app.get(AlertSchedule).watchOnce();
}

/** Tells whatever is to be told now. */
export async function deliverNow(worker: TestWorker): Promise<void> {
  await worker.app.get(DeliverAlerts).run();
}

/** As if the last rounds had been so many minutes ago. */
export async function alertsAge(worker: TestWorker, minutes: number): Promise<void> {
  await worker.pool.query(
    `UPDATE alerts SET last_seen_at = last_seen_at - make_interval(mins => $1), told_at = told_at - make_interval(mins => $1),
            resolved_at = resolved_at - make_interval(mins => $1)`,
    [minutes],
  );
}

/** Queued messages that have been due for three hours. */
export async function insertAgedQueue(pool: pg.Pool, tenant: TestTenant, count: number, columns: Columns = {}): Promise<void> {
  const ids = await insertMessages(pool, pairOf(tenant), count, { state: 'QUEUED', columns });
  // Their ids are their age, and ids do not change: old copies take their places.
  await pool.query(
    `INSERT INTO messages (tenant_id, id, phone_number_id, contact_id, direction, sender, kind, content, payload, display_content, lane, state, attempts,
                           created_at, updated_at)
     SELECT tenant_id, uuid_v7(now() - interval '3 hours', row_number() OVER ()::int), phone_number_id, contact_id, direction, sender, kind, content, payload,
            display_content, lane, state, attempts, now() - interval '3 hours', now() - interval '3 hours'
       FROM messages WHERE id = ANY ($1)`,
    [ids],
  );
  await pool.query(`UPDATE messages SET state = 'ACCEPTED' WHERE id = ANY ($1)`, [ids]);
}

/** Attempts of one accepted message, as the sender leaves them, so many minutes ago. */
export async function insertAttempts(pool: pg.Pool, tenant: TestTenant, count: number, columns: Columns, minutesAgo = 0): Promise<void> {
  const [messageId] = await insertMessages(pool, pairOf(tenant), 1, { state: 'ACCEPTED', columns: { accepted_at: new Date() } });
  for (let n = 0; n < count; n += 1) {
    const { rows } = await pool.query<{ id: string }>('SELECT uuid_v7(now() - make_interval(mins => $1), $2) AS id', [minutesAgo, n]);
    const attempt = { tenant_id: tenant.tenantId, id: rows[0]!.id, message_id: messageId, number: n + 1, lease_epoch: 1, credential_version: 1 };
    await insertRow(pool, 'message_attempts', { ...attempt, ...columns });
  }
}
