import type { ConversationState, Escalation, ServiceState, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import { SERVICE_COLUMNS, SERVICE_FIELDS, SERVICE_STATE, serviceParameters, SET_SERVICE_STATE } from './service-state.js';

/** A conversation whose service level has something to be done: an answer to note, or an escalation. */
export interface DueConversation extends ServiceState {
  tenantId: TenantId;
  id: string;
  numberId: string;
  contactId: string;
  state: ConversationState;
  assignedTo: string | null;
}

/** What the monitor made of it. */
export interface ServedConversation {
  tenantId: TenantId;
  id: string;
  service: ServiceState;
  /** Null: it was not escalated. */
  escalatedTo: Escalation | null;
}

const LOCK: Statement = { name: 'conversations.lock-round', text: `SELECT pg_try_advisory_xact_lock(hashtext('parley.conversations')) AS locked, now()` };

// Questions that wait are few beside all conversations, and have an index of their own. A row that somebody else holds is his to
// serve, or that of the next round. JavaScript knows milliseconds: both sides must see the same answer.
const DUE: Statement = {
  name: 'conversations.due-service',
  text: `
    SELECT c.tenant_id AS "tenantId", c.id, c.phone_number_id AS "numberId", c.contact_id AS "contactId", c.state, c.assigned_to AS "assignedTo",
           ${SERVICE_STATE}
      FROM conversations c
     WHERE c.awaiting_since IS NOT NULL
       AND (date_trunc('milliseconds', c.answered_at) > c.awaiting_since OR (c.answer_due_at < $1::timestamptz AND c.escalation_level < 2)
            OR (c.due_soon_at <= $1::timestamptz AND c.escalation_level < 1))
     LIMIT $2
       FOR UPDATE OF c SKIP LOCKED`,
};

const SERVE: Statement = {
  name: 'conversations.serve',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], ${serviceParameters(4)}) AS i (tenant_id, id, escalated_to, ${SERVICE_COLUMNS})
    ), served AS (
      UPDATE conversations c SET ${SET_SERVICE_STATE}, updated_at = now()
        FROM input i WHERE c.tenant_id = i.tenant_id AND c.id = i.id
      RETURNING c.tenant_id, c.id, c.contact_id, c.assigned_to, i.escalated_to, c.priority, c.awaiting_since, c.answer_due_at
    ), noted AS (
      INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
      SELECT tenant_id, id, escalated_to, 'system', json_build_object('answerDueAt', answer_due_at, 'priority', priority, 'assignee', assigned_to)
        FROM served WHERE escalated_to IS NOT NULL
    )
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT tenant_id, 'whatsapp.conversation_sla_breached', 'conversation', id,
           json_build_object('conversationId', id, 'contactId', contact_id, 'assignedTo', assigned_to, 'awaitingSince', awaiting_since,
                             'answerDueAt', answer_due_at, 'priority', priority)
      FROM served WHERE escalated_to = 'breached'`,
};

/** The database's clock, where this worker may look after conversations until the transaction ends; null: another one does. */
export async function lockConversationRound(tx: SystemTx): Promise<Date | null> {
  const [row] = await tx.query<{ locked: boolean; now: Date }>(LOCK);
  return row?.locked ? row.now : null;
}

/** Some conversations with an answer to note or an escalation that is due, locked. */
export function lockDueService(tx: SystemTx, now: Date, limit: number): Promise<DueConversation[]> {
  return tx.query<DueConversation>(DUE, [now, limit]);
}

/** Writes their service level, with timeline and events of what was escalated. The rows must be locked. */
export async function serveConversations(tx: SystemTx, served: readonly ServedConversation[]): Promise<void> {
  if (served.length === 0) return;
  const fields = SERVICE_FIELDS.map((field) => (one: ServedConversation) => field(one.service));
  await tx.query(SERVE, columns(served, (one) => one.tenantId, (one) => one.id, (one) => one.escalatedTo, ...fields));
}
