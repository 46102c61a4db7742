import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { provenTenant } from '@parley/domain';
import type { TestApi } from './api.js';
import {
  insertAccount,
  insertContact,
  insertMessage,
  insertNumber,
  insertTemplate,
  type MessageOptions,
  type TestPair,
  type TestTenant,
} from './fixtures.js';

/** A tenant of the api that can send, and fail to. */
export interface Sender extends TestTenant {
  readonly key: string;
  readonly pair: TestPair;
}

export async function makeSender(api: TestApi, pool: pg.Pool): Promise<Sender> {
  const { id, apiKey: key } = await api.tenant();
  const tenantId = provenTenant(id);
  const accountId = await insertAccount(pool, tenantId);
  const number = await insertNumber(pool, tenantId, accountId);
  const template = await insertTemplate(pool, tenantId, accountId);
  const contact = await insertContact(pool, tenantId, { consents: ['service', 'utility', 'authentication', 'marketing'] });
  return { tenantId, accountId, number, template, contact, key, pair: { tenantId, numberId: number.id, contactId: contact.id } };
}

/** What a dead letter of a spec differs in. */
export interface DeadOptions extends MessageOptions {
  reason?: string;
  code?: number | null;
  attempts?: number;
  minutesAgo?: number;
}

/** A template message that failed for good after its last attempt. Answers its id. */
export async function insertDead(pool: pg.Pool, { pair, template }: Sender, options: DeadOptions = {}): Promise<string> {
  const { reason = 'meta.131000', code = 131_000, attempts = 5, minutesAgo = 5, columns = {}, ...others } = options;
  const at = new Date(Date.now() - minutesAgo * 60_000);
  const death = { reason, error_code: code, error_text: 'Something went wrong', attempts, failed_at: at, dead_lettered_at: at, attempt_id: randomUUID() };
  return insertMessage(pool, pair, { state: 'FAILED', templateId: template.id, ...others, columns: { ...death, wamid: `wamid.${randomUUID()}`, ...columns } });
}

/** The attempt of a message, by which a late status finds it. */
export async function insertAttempt(pool: pg.Pool, { tenantId }: Sender, messageId: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO message_attempts (tenant_id, id, message_id, number, lease_epoch, credential_version, finished_at, outcome)
     SELECT $1, attempt_id, id, attempts, 1, 1, now(), 'accepted' FROM messages WHERE tenant_id = $1 AND id = $2 RETURNING id`,
    [tenantId, messageId],
  );
  return rows[0]!.id;
}
