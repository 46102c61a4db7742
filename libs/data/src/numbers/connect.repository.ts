import type { TenantId } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** How the reason of a pause begins that a new access token ends. */
export const CREDENTIAL_PAUSE = 'credential';

const OWNED_BY_OTHER: Statement = {
  name: 'numbers.owned-by-other',
  text: `SELECT EXISTS (SELECT FROM phone_numbers WHERE graph_id = $2 AND tenant_id <> $1) AS taken`,
};

const RESUME: Statement = {
  name: 'numbers.resume-credential',
  text: `
    WITH resumed AS (
      UPDATE phone_numbers SET paused_until = NULL, pause_reason = NULL, updated_at = now()
       WHERE tenant_id = $1 AND account_id = $2 AND paused_until > now() AND starts_with(pause_reason, '${CREDENTIAL_PAUSE}')
      RETURNING tenant_id, id
    ), due AS (
      UPDATE messages m SET wait_until = now(), updated_at = now()
        FROM resumed r
       WHERE m.tenant_id = r.tenant_id AND m.phone_number_id = r.id AND m.state = 'WAITING' AND m.wait_cause = 'retry'
         AND starts_with(m.reason, '${CREDENTIAL_PAUSE}')
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.number_resumed', 'number', id, json_build_object('numberId', id) FROM resumed
    )
    SELECT id FROM resumed`,
};

/** Whether another tenant has this number of Meta's. Nothing else is told of it. */
export async function isNumberTaken(db: SystemDb, tenantId: TenantId, graphId: string): Promise<boolean> {
  return (await db.query<{ taken: boolean }>(OWNED_BY_OTHER, [tenantId, graphId]))[0]?.taken ?? false;
}

/**
 * Ends the pauses that a refused token had caused for the numbers of an account, and makes due at once what waited for
 * another attempt because of it. Answers the ids of those numbers.
 */
export async function resumeAfterCredential(db: SystemDb, tenantId: TenantId, accountId: string): Promise<string[]> {
  return (await db.query<{ id: string }>(RESUME, [tenantId, accountId])).map((row) => row.id);
}
