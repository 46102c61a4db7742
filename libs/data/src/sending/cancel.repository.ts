import type { TenantId } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** A message that will not leave. */
export interface CancelledMessage {
  numberId: string;
  contactId: string;
}

const CANCEL: Statement = {
  name: 'sending.cancel',
  text: `
    WITH moved AS (
      UPDATE messages m SET state = 'CANCELLED', reason = NULL, wait_cause = NULL, wait_until = NULL, updated_at = now()
       WHERE m.tenant_id = $1 AND m.id = $2 AND m.direction = 'OUTBOUND' AND m.state || '' IN ('QUEUED', 'WAITING')
      RETURNING m.tenant_id, m.id, m.phone_number_id, m.contact_id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail) SELECT tenant_id, id, 'cancelled', json_build_object('actor', $3::text) FROM moved
    )
    SELECT phone_number_id AS "numberId", contact_id AS "contactId" FROM moved`,
};

/** Cancels a message that has not been taken to leave. Null where it has, or where the tenant has none of this id. */
export async function cancelMessage(db: SystemDb, tenantId: TenantId, id: string, actor: string): Promise<CancelledMessage | null> {
  return (await db.query<CancelledMessage>(CANCEL, [tenantId, id, actor]))[0] ?? null;
}
