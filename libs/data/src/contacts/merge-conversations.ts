import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

/** A conversation that went into another one, as it was before. Columns go by their names in the database. */
export interface JoinedConversation {
  id: string;
  intoId: string;
  before: Readonly<Record<string, unknown>>;
}

/** What a merge did to the conversations of a contact. */
export interface MovedConversations {
  /** They went along as they are. */
  conversations: string[];
  joined: JoinedConversation[];
  /** Notes that went along with joined ones: note -> conversation. */
  notes: { id: string; conversationId: string }[];
}

/** Two contacts of a tenant, of whom one becomes the other. */
export interface ContactPair {
  tenantId: TenantId;
  fromId: string;
  intoId: string;
}

interface LockedConversation {
  id: string;
  numberId: string;
  contactId: string;
  state: string;
  before: Readonly<Record<string, unknown>>;
}

/** What is asked of a conversation that was archived into another one when it comes back. */
const BEFORE = ['state', 'unread_count', 'assigned_to', 'assigned_at', 'resolved_at', 'archived_at', 'awaiting_since', 'due_soon_at', 'answer_due_at'];

// In the order in which inbound messages lock them.
const LOCK: Statement = {
  name: 'merges.lock-conversations',
  text: `
    SELECT c.id, c.phone_number_id AS "numberId", c.contact_id AS "contactId", c.state,
           json_build_object(${BEFORE.map((column) => `'${column}', c.${column}`).join(', ')}) AS before
      FROM conversations c WHERE c.tenant_id = $1 AND c.contact_id = ANY ($2::uuid[])
     ORDER BY c.phone_number_id, c.contact_id, c.id FOR UPDATE`,
};

// One open conversation for each number: it has waited as long as the older question, and is as urgent as the more urgent.
const JOIN: Statement = {
  name: 'merges.join-conversations',
  text: `
    UPDATE conversations b
       SET message_count = b.message_count + a.message_count, unread_count = b.unread_count + a.unread_count,
           last_message = CASE WHEN b.last_message IS NULL OR (a.last_message IS NOT NULL AND a.last_message_at > b.last_message_at) THEN a.last_message ELSE b.last_message END,
           last_message_at = greatest(a.last_message_at, b.last_message_at),
           first_inbound_at = least(a.first_inbound_at, b.first_inbound_at), last_inbound_at = greatest(a.last_inbound_at, b.last_inbound_at),
           state = CASE WHEN 'ASSIGNED' IN (a.state, b.state) THEN 'ASSIGNED' WHEN 'OPEN' IN (a.state, b.state) THEN 'OPEN' ELSE b.state END,
           assigned_to = CASE WHEN b.state <> 'ASSIGNED' AND a.state = 'ASSIGNED' THEN a.assigned_to ELSE coalesce(b.assigned_to, a.assigned_to) END,
           assigned_at = CASE WHEN b.state <> 'ASSIGNED' AND a.state = 'ASSIGNED' THEN a.assigned_at ELSE coalesce(b.assigned_at, a.assigned_at) END,
           resolved_at = CASE WHEN a.state = 'RESOLVED' AND b.state = 'RESOLVED' THEN greatest(a.resolved_at, b.resolved_at) END,
           priority = CASE WHEN array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], a.priority::text) > array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], b.priority::text)
                           THEN a.priority ELSE b.priority END,
           tags = (SELECT coalesce(array_agg(DISTINCT tag ORDER BY tag), '{}') FROM unnest(a.tags || b.tags) AS tag),
           customer_id = coalesce(b.customer_id, a.customer_id),
           awaiting_since = least(a.awaiting_since, b.awaiting_since), due_soon_at = least(a.due_soon_at, b.due_soon_at),
           answer_due_at = least(a.answer_due_at, b.answer_due_at), answered_at = greatest(a.answered_at, b.answered_at),
           staff_at = greatest(a.staff_at, b.staff_at), first_response_at = least(a.first_response_at, b.first_response_at),
           breached_at = greatest(a.breached_at, b.breached_at), escalation_level = greatest(a.escalation_level, b.escalation_level),
           escalated_at = greatest(a.escalated_at, b.escalated_at), idle_at = NULL, updated_at = now()
      FROM unnest($2::uuid[], $3::uuid[]) AS p (from_id, into_id)
      JOIN conversations a ON a.tenant_id = $1 AND a.id = p.from_id
     WHERE b.tenant_id = $1 AND b.id = p.into_id`,
};

const CLOSE_JOINED: Statement = {
  name: 'merges.close-joined',
  text: `
    WITH closed AS (
      UPDATE conversations c
         SET state = 'ARCHIVED', archived_at = now(), contact_id = $4, message_count = 0, unread_count = 0, awaiting_since = NULL,
             due_soon_at = NULL, answer_due_at = NULL, updated_at = now()
        FROM unnest($2::uuid[], $3::uuid[]) AS p (from_id, into_id) WHERE c.tenant_id = $1 AND c.id = p.from_id
    ), timeline AS (
      INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
      SELECT $1::uuid, p.into_id, 'joined', $5, json_build_object('from', p.from_id) FROM unnest($2::uuid[], $3::uuid[]) AS p (from_id, into_id)
    ), was AS MATERIALIZED (
      SELECT n.id, n.conversation_id, p.into_id FROM unnest($2::uuid[], $3::uuid[]) AS p (from_id, into_id)
        JOIN conversation_notes n ON n.tenant_id = $1 AND n.conversation_id = p.from_id
    ), noted AS (
      UPDATE conversation_notes n SET conversation_id = w.into_id FROM was w WHERE n.tenant_id = $1 AND n.id = w.id
    )
    SELECT id, conversation_id AS "conversationId" FROM was`,
};

const HAND_OVER: Statement = {
  name: 'merges.hand-over-conversations',
  text: `
    WITH handed AS (
      UPDATE conversations c SET contact_id = $3, updated_at = now() WHERE c.tenant_id = $1 AND c.id = ANY ($2::uuid[])
    )
    UPDATE conversation_responses r SET contact_id = $3 WHERE r.tenant_id = $1 AND r.conversation_id = ANY ($2::uuid[])`,
};

/** Locks the conversations of both contacts, and gives those of the one to the other. Of two open ones with a number one is left. */
export async function moveConversations(tx: SystemTx, { tenantId, fromId, intoId }: ContactPair, actor: string): Promise<MovedConversations> {
  const all = await tx.query<LockedConversation>(LOCK, [tenantId, [fromId, intoId]]);
  const current = new Map(all.filter((one) => one.contactId === intoId && one.state !== 'ARCHIVED').map((one) => [one.numberId, one.id]));
  const mine = all.filter(({ contactId }) => contactId === fromId);
  const joined = mine.flatMap(({ id, numberId, state, before }): JoinedConversation[] => {
    const other = current.get(numberId);
    return state !== 'ARCHIVED' && other !== undefined ? [{ id, intoId: other, before }] : [];
  });
  const notes = joined.length === 0 ? [] : await join(tx, tenantId, joined, intoId, actor);
  const along = mine.map(({ id }) => id).filter((id) => !joined.some((one) => one.id === id));
  if (along.length > 0) await tx.query(HAND_OVER, [tenantId, along, intoId]);
  return { conversations: along, joined, notes };
}

async function join(tx: SystemTx, tenantId: TenantId, joined: readonly JoinedConversation[], intoId: string, actor: string): Promise<MovedConversations['notes']> {
  const pairs = columns(joined, (one) => one.id, (one) => one.intoId);
  await tx.query(JOIN, [tenantId, ...pairs]);
  return tx.query<{ id: string; conversationId: string }>(CLOSE_JOINED, [tenantId, ...pairs, intoId, actor]);
}

/** Gives conversations, with what was measured of them, to a contact. They must be locked. */
export async function handOver(tx: SystemTx, tenantId: TenantId, ids: readonly string[], contactId: string): Promise<void> {
  if (ids.length > 0) await tx.query(HAND_OVER, [tenantId, ids, contactId]);
}
