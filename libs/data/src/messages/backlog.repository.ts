import { provenTenant, type TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** A number with messages that have not left. */
export interface BackloggedNumber {
  tenantId: TenantId;
  numberId: string;
}

// A skip scan: each number is visited once, however many rows stand behind it.
const walk = (state: 'QUEUED' | 'WAITING') => `
      (SELECT tenant_id, phone_number_id FROM messages WHERE state = '${state}' ORDER BY phone_number_id LIMIT 1)
      UNION ALL
      SELECT n.tenant_id, n.phone_number_id FROM ${state.toLowerCase()} d CROSS JOIN LATERAL (
        SELECT m.tenant_id, m.phone_number_id FROM messages m WHERE m.state = '${state}' AND m.phone_number_id > d.phone_number_id
         ORDER BY m.phone_number_id LIMIT 1) n`;

const NUMBERS: Statement = {
  name: 'backlog.numbers',
  text: `
    WITH RECURSIVE queued AS (${walk('QUEUED')}
    ), waiting AS (${walk('WAITING')}
    )
    SELECT tenant_id AS "tenantId", phone_number_id AS "numberId" FROM queued
     UNION SELECT tenant_id, phone_number_id FROM waiting`,
};

// By the two partial indexes alone, and never beyond the limit: more than a tenant may have tells nobody more.
const COUNT: Statement = {
  name: 'backlog.count',
  text: `
    SELECT (SELECT count(*) FROM (SELECT FROM messages m WHERE m.phone_number_id = i.id AND m.state = 'QUEUED' LIMIT $2) q)::int
         + (SELECT count(*) FROM (SELECT FROM messages m WHERE m.phone_number_id = i.id AND m.state = 'WAITING' LIMIT $2) w)::int AS messages
      FROM unnest($1::uuid[]) WITH ORDINALITY AS i (id, ord)
     ORDER BY i.ord`,
};

/** The numbers that have messages which have not left. */
export async function readBackloggedNumbers(db: SystemQueries): Promise<BackloggedNumber[]> {
  const rows = await db.query<BackloggedNumber>(NUMBERS);
  return rows.map((row) => ({ ...row, tenantId: provenTenant(row.tenantId) }));
}

/** How many messages of each of these numbers have not left; of each state at most `limit`. About 0.5 µs a message. */
export async function countBacklogs(db: SystemQueries, numberIds: readonly string[], limit: number): Promise<number[]> {
  return (await db.query<{ messages: number }>(COUNT, [numberIds, limit])).map(({ messages }) => messages);
}
