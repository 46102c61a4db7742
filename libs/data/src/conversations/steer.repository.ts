import { CONVERSATION_ACTIONS, type ConversationAction, type ConversationState, type EventName, type TenantId } from '@parley/domain';
import type { TenantTx } from '../tenant-db.js';

/** Who does what to which conversation. */
export interface ConversationKey {
  tenantId: TenantId;
  id: string;
  /** `key:<key id>` or `user:<sub>`. */
  actor: string;
}

/** To whom a conversation is given. */
export interface Assignment {
  /** Null: to nobody. */
  userId: string | null;
  /** Only where this user has it now (null: nobody); undefined: whoever has it. */
  from?: string | null | undefined;
}

/** What an action found, and what it made of it. */
export interface SteeredConversation {
  /** Before. */
  state: ConversationState;
  assignedTo: string | null;
  /** Afterwards; null: the action was not possible, or changed nothing. */
  to: ConversationState | null;
}

// The row is locked as it is found, so that of two people who press at once one finds what the other made. What an unanswered
// question waited for is dropped with the conversation; an answer that nobody has noted yet is left to the monitor.
const drop = `
  awaiting_since = CASE WHEN c.answered_at > c.awaiting_since THEN c.awaiting_since END,
  due_soon_at = CASE WHEN c.answered_at > c.awaiting_since THEN c.due_soon_at END,
  answer_due_at = CASE WHEN c.awaiting_since IS NULL OR c.answered_at > c.awaiting_since THEN c.answer_due_at END,
  priority = coalesce(c.priority_before, c.priority), priority_before = NULL, escalation_level = 0, escalated_at = NULL`;

const activeUser = (id: string) => `(SELECT u.id FROM users u WHERE u.tenant_id = c.tenant_id AND u.id = ${id} AND u.state = 'ACTIVE' LIMIT 1)`;

const CHANGES: Readonly<Record<Exclude<ConversationAction, 'assign'>, { set: string; event: EventName }>> = {
  resolve: { set: `state = 'RESOLVED', resolved_at = now(), ${drop}`, event: 'whatsapp.conversation_resolved' },
  reopen: {
    set: `state = CASE WHEN ${activeUser('c.assigned_to')} IS NULL THEN 'OPEN' ELSE 'ASSIGNED' END, assigned_to = ${activeUser('c.assigned_to')},
          resolved_at = NULL, first_response_at = NULL, idle_at = NULL`,
    event: 'whatsapp.conversation_reopened',
  },
  archive: { set: `state = 'ARCHIVED', archived_at = now(), ${drop}`, event: 'whatsapp.conversation_archived' },
};

const BEFORE = `
  WITH before AS MATERIALIZED (
    SELECT tenant_id, id, state, assigned_to FROM conversations WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE
  )`;

const tail = (type: string, event: string): string => `, noted AS (
    INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
    SELECT m.tenant_id, m.id, ${type}, $3, json_build_object('from', b.assigned_to, 'assignee', m.assigned_to, 'state', m.state)
      FROM moved m JOIN before b ON b.tenant_id = m.tenant_id AND b.id = m.id
  ), published AS (
    INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
    SELECT m.tenant_id, ${event}, 'conversation', m.id,
           json_build_object('conversationId', m.id, 'contactId', m.contact_id, 'assignedTo', m.assigned_to, 'actor', $3::text)
      FROM moved m
  )
  SELECT b.state, b.assigned_to AS "assignedTo", m.state AS "to" FROM before b LEFT JOIN moved m ON m.tenant_id = b.tenant_id AND m.id = b.id`;

const moveBy = (action: keyof typeof CHANGES): string => `${BEFORE}, moved AS (
    UPDATE conversations c SET ${CHANGES[action].set}, updated_at = now()
      FROM before b WHERE c.tenant_id = b.tenant_id AND c.id = b.id AND b.state = ANY ($4::text[])
    RETURNING c.tenant_id, c.id, c.contact_id, c.state, c.assigned_to
  )${tail(`'${CHANGES[action].event.replace('whatsapp.conversation_', '')}'`, `'${CHANGES[action].event}'`)}`;

const MOVES = { resolve: moveBy('resolve'), reopen: moveBy('reopen'), archive: moveBy('archive') } as const;

const ASSIGN = `${BEFORE}, moved AS (
    UPDATE conversations c
       SET state = CASE WHEN $5::uuid IS NULL THEN 'OPEN' ELSE 'ASSIGNED' END, assigned_to = $5::uuid, assigned_at = CASE WHEN $5::uuid IS NOT NULL THEN now() END,
           updated_at = now()
      FROM before b
     WHERE c.tenant_id = b.tenant_id AND c.id = b.id AND b.state = ANY ($4::text[]) AND b.assigned_to IS DISTINCT FROM $5::uuid
       AND (NOT $6::boolean OR b.assigned_to IS NOT DISTINCT FROM $7::uuid) AND ($5::uuid IS NULL OR ${activeUser('$5::uuid')} IS NOT NULL)
    RETURNING c.tenant_id, c.id, c.contact_id, c.state, c.assigned_to
  )${tail(`CASE WHEN m.assigned_to IS NULL THEN 'unassigned' ELSE 'assigned' END`, `'whatsapp.conversation_assigned'`)}`;

/** Resolves, reopens or archives a conversation, with timeline and event, where its state allows that; null: there is no such conversation. */
export async function moveConversation(tx: TenantTx, { tenantId, id, actor }: ConversationKey, action: keyof typeof CHANGES): Promise<SteeredConversation | null> {
  const rows = await tx.$queryRawUnsafe<SteeredConversation[]>(MOVES[action], tenantId, id, actor, CONVERSATION_ACTIONS[action]);
  return rows[0] ?? null;
}

/** Gives a conversation to an active user, or to nobody; null: there is no such conversation. */
export async function assignConversation(tx: TenantTx, { tenantId, id, actor }: ConversationKey, { userId, from }: Assignment): Promise<SteeredConversation | null> {
  const guard = [from !== undefined, from ?? null];
  const rows = await tx.$queryRawUnsafe<SteeredConversation[]>(ASSIGN, tenantId, id, actor, CONVERSATION_ACTIONS.assign, userId, ...guard);
  return rows[0] ?? null;
}
