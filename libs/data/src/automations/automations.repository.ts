import type { TenantId } from '@parley/domain';
import type { Statement, SystemTx } from '../system-db.js';

/** A customer's message that has not had its automatic answers yet. */
export interface UnansweredMessage {
  tenantId: TenantId;
  id: string;
  numberId: string;
  kind: string;
  displayContent: string;
  wamid: string;
  createdAt: Date;
  echoEnabled: boolean;
  /** Who wrote. */
  contactId: string;
}

const LOCK: Statement = {
  name: 'automations.lock',
  text: `
    SELECT m.tenant_id AS "tenantId", m.id, m.phone_number_id AS "numberId", m.kind, m.display_content AS "displayContent", m.wamid,
           m.created_at AS "createdAt", t.echo_enabled AS "echoEnabled", m.contact_id AS "contactId"
      FROM messages m JOIN tenants t ON t.id = m.tenant_id
     WHERE m.direction = 'INBOUND' AND m.automated_at IS NULL
     ORDER BY m.id LIMIT $1
       FOR UPDATE OF m SKIP LOCKED`,
};

const DONE: Statement = {
  name: 'automations.done',
  text: `
    UPDATE messages m SET automated_at = now(), updated_at = now()
      FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)
     WHERE m.tenant_id = i.tenant_id AND m.id = i.id`,
};

/** The oldest of them, locked until the transaction ends. */
export function lockUnanswered(tx: SystemTx, limit: number): Promise<UnansweredMessage[]> {
  return tx.query<UnansweredMessage>(LOCK, [limit]);
}

/** They have had all that they get. */
export async function markAutomated(tx: SystemTx, messages: readonly UnansweredMessage[]): Promise<void> {
  await tx.query(DONE, [messages.map((m) => m.tenantId), messages.map((m) => m.id)]);
}
