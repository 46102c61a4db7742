import { DomainError, type Identity, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';
import { ownName, shownName } from './contact-names.repository.js';
import { returnConsents } from './merge-consents.js';
import { handOver, type JoinedConversation } from './merge-conversations.js';
import { lockContacts, lockMerge, noteContact, steerMerge, type StoredMerge } from './merges.repository.js';

const RETURN_CHUNK = 1_000;

const LOCK_CONVERSATIONS: Statement = {
  name: 'splits.lock-conversations',
  text: `
    SELECT c.id FROM conversations c WHERE c.tenant_id = $1 AND c.contact_id = $2
     ORDER BY c.phone_number_id, c.contact_id, c.id FOR UPDATE`,
};

// It comes back as it was; what was read of it meanwhile stays read.
const REOPEN: Statement = {
  name: 'splits.reopen-conversations',
  text: `
    UPDATE conversations a
       SET contact_id = $3, state = j.before ->> 'state', unread_count = least((j.before ->> 'unread_count')::int, b.unread_count),
           assigned_to = (j.before ->> 'assigned_to')::uuid, assigned_at = (j.before ->> 'assigned_at')::timestamptz,
           resolved_at = (j.before ->> 'resolved_at')::timestamptz, archived_at = (j.before ->> 'archived_at')::timestamptz,
           awaiting_since = CASE WHEN b.awaiting_since IS NOT NULL THEN (j.before ->> 'awaiting_since')::timestamptz END,
           due_soon_at = CASE WHEN b.awaiting_since IS NOT NULL THEN (j.before ->> 'due_soon_at')::timestamptz END,
           answer_due_at = CASE WHEN b.awaiting_since IS NOT NULL THEN (j.before ->> 'answer_due_at')::timestamptz END, idle_at = NULL, updated_at = now()
      FROM json_to_recordset($2::json) AS j (id uuid, "intoId" uuid, before json)
      JOIN conversations b ON b.tenant_id = $1 AND b.id = j."intoId"
     WHERE a.tenant_id = $1 AND a.id = j.id`,
};

const LIGHTEN: Statement = {
  name: 'splits.lighten-conversations',
  text: `
    UPDATE conversations b SET unread_count = greatest(0, b.unread_count - a.unread_count), updated_at = now()
      FROM unnest($2::uuid[], $3::uuid[]) AS p (from_id, into_id) JOIN conversations a ON a.tenant_id = $1 AND a.id = p.from_id
     WHERE b.tenant_id = $1 AND b.id = p.into_id`,
};

const NOTES: Statement = {
  name: 'splits.return-notes',
  text: `
    UPDATE conversation_notes n SET conversation_id = i.place FROM unnest($2::uuid[], $3::uuid[]) AS i (id, place)
     WHERE n.tenant_id = $1 AND n.id = i.id`,
};

const SEPARATE: Statement = {
  name: 'splits.separate-contacts',
  text: `
    WITH back AS (
      UPDATE contacts c SET merged_into = NULL, updated_at = now() WHERE c.tenant_id = $1 AND c.id = $2
    ), followers AS (
      UPDATE contacts c SET merged_into = $2 WHERE c.tenant_id = $1 AND c.id = ANY ($4::uuid[]) AND c.merged_into = $3
    ), identities AS (
      UPDATE contact_identities i SET contact_id = $2 FROM unnest($5::text[], $6::text[]) AS n (kind, value)
       WHERE i.tenant_id = $1 AND i.kind = n.kind AND i.value = n.value AND i.contact_id = $3
    ), lost AS (
      DELETE FROM contact_tags t WHERE t.tenant_id = $1 AND t.contact_id = $3 AND t.tag = ANY ($8::text[])
    )
    INSERT INTO contact_tags (tenant_id, contact_id, tag) SELECT $1::uuid, $2::uuid, tag FROM unnest($7::text[]) AS tag ON CONFLICT DO NOTHING`,
};

/** Takes back what the contact that stays had from the other, where it still has it. */
const GIVE_BACK: Statement = {
  name: 'splits.give-back',
  text: `
    WITH kept AS (
      SELECT k.tenant_id, k.id, k.given_name, k.book_name, ${ownName('k')} AS profile, k.username,
             'customer_id' = ANY ($4::text[]) AND k.customer_id = f.customer_id AS customer,
             'context' = ANY ($4::text[]) AND k.context::text = f.context::text AS context,
             'given_name' = ANY ($4::text[]) AND k.given_name = f.given_name AS given, 'book_name' = ANY ($4::text[]) AND k.book_name = f.book_name AS book,
             'profile_name' = ANY ($4::text[]) AND k.profile_name = f.profile_name AS own, 'username' = ANY ($4::text[]) AND k.username = f.username AS handle
        FROM contacts k JOIN contacts f ON f.tenant_id = k.tenant_id AND f.id = $2 WHERE k.tenant_id = $1 AND k.id = $3
    ), cleared AS (
      SELECT tenant_id, id, customer, context, book, CASE WHEN given THEN NULL ELSE given_name END AS given_name, CASE WHEN book THEN NULL ELSE book_name END AS book_name,
             CASE WHEN own THEN NULL ELSE profile END AS profile, CASE WHEN handle THEN NULL ELSE username END AS username FROM kept
    )
    UPDATE contacts k
       SET customer_id = CASE WHEN c.customer THEN NULL ELSE k.customer_id END, context = CASE WHEN c.context THEN NULL ELSE k.context END,
           given_name = c.given_name, book_name = c.book_name, book_at = CASE WHEN c.book THEN NULL ELSE k.book_at END, profile_name = c.profile,
           username = c.username, name = ${shownName('c.given_name', 'c.book_name', 'c.profile', 'c.username')}, updated_at = now()
      FROM cleared c WHERE k.tenant_id = c.tenant_id AND k.id = c.id`,
};

/**
 * Undoes a merge: what came from the other contact goes back to it, messages in chunks. What either got since then stays where
 * it is, and what the person refused meanwhile is refused for both.
 * @throws resource.not-found, contact.state-conflict
 */
export async function splitContact(tx: SystemTx, tenantId: TenantId, mergeId: string, actor: string): Promise<StoredMerge> {
  const merge = await lockMerge(tx, tenantId, mergeId);
  if (merge === null) throw new DomainError('resource.not-found');
  if ((merge.state !== 'MOVING' && merge.state !== 'DONE') || merge.mergedAt === null) throw conflict('This merge is undone already, or was never made.');
  const { fromId, intoId, moved, mergedAt } = merge;
  await tx.query(LOCK_CONVERSATIONS, [tenantId, intoId]);
  const from = (await lockContacts(tx, tenantId, [fromId, intoId])).get(fromId);
  if (from?.mergedInto !== intoId) throw conflict('The contact was joined to yet another one since. Split that merge first.');
  await returnConversations(tx, merge);
  const { followers = [], identities = [], tags = [], addedTags = [], taken = [], consents = [] } = moved;
  const ids = columns(identities, (one: Identity) => one.kind, (one: Identity) => one.value);
  await tx.query(SEPARATE, [tenantId, fromId, intoId, followers, ...ids, tags, addedTags]);
  await tx.query(GIVE_BACK, [tenantId, fromId, intoId, taken]);
  await returnConsents(tx, merge, actor, consents, mergedAt);
  const split: StoredMerge = { ...merge, state: 'RETURNING' };
  await steerMerge(tx, split);
  for (const contactId of [fromId, intoId]) await noteContact(tx, tenantId, contactId, 'split', actor, { mergeId, from: fromId, into: intoId });
  return split;
}

async function returnConversations(tx: SystemTx, { tenantId, fromId, moved }: StoredMerge): Promise<void> {
  const { conversations = [], joined = [], notes = [] } = moved;
  await handOver(tx, tenantId, conversations, fromId);
  if (joined.length === 0) return;
  await tx.query(REOPEN, [tenantId, JSON.stringify(joined), fromId]);
  await handOver(tx, tenantId, joined.map(({ id }) => id), fromId);
  await tx.query(LIGHTEN, [tenantId, ...columns(joined, (one: JoinedConversation) => one.id, (one: JoinedConversation) => one.intoId)]);
  if (notes.length > 0) await tx.query(NOTES, [tenantId, ...columns(notes, (note) => note.id, (note) => note.conversationId)]);
}

// What had no conversation when the contacts were joined goes back only while it has none.
const RETURN: Statement = {
  name: 'splits.return-messages',
  text: `
    WITH named AS MATERIALIZED (
      (SELECT k.message_id AS id, k.conversation_id AS place, true AS kept FROM contact_merge_messages k WHERE k.tenant_id = $1 AND k.merge_id = $4 LIMIT $6)
      UNION ALL
      (SELECT m.id, c.id, false FROM unnest($5::uuid[]) AS c (id)
        CROSS JOIN LATERAL (SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = c.id AND m.contact_id = $3 LIMIT $6) m LIMIT $6)
    ), locked AS MATERIALIZED (
      SELECT m.id, n.place, m.conversation_id AS is_at FROM (SELECT DISTINCT ON (id) id, place, kept FROM named ORDER BY id, kept DESC LIMIT $6) n
        JOIN messages m ON m.tenant_id = $1 AND m.id = n.id
       WHERE m.state || '' NOT IN ('DISPATCHED', 'SENDING')
       ORDER BY m.id FOR UPDATE OF m
    ), forgotten AS (
      DELETE FROM contact_merge_messages k USING locked l WHERE k.tenant_id = $1 AND k.merge_id = $4 AND k.message_id = l.id
    ), home AS (
      SELECT id, place FROM locked WHERE place IS NOT NULL OR is_at IS NULL
    ), found AS (
      UPDATE message_texts t SET contact_id = $2 FROM home h WHERE t.tenant_id = $1 AND t.message_id = h.id
    ), moved AS (
      UPDATE messages m SET contact_id = $2, conversation_id = h.place FROM home h WHERE m.tenant_id = $1 AND m.id = h.id
    )
    SELECT count(*)::int AS count FROM locked`,
};

const LEFT: Statement = {
  name: 'splits.left-behind',
  text: `SELECT (SELECT true FROM contact_merge_messages k WHERE k.tenant_id = $1 AND k.merge_id = $2 LIMIT 1) AS "isLeft"`,
};

// Counted anew: who wrote what while the two were one is known only when every message is where it belongs.
const RECOUNT: Statement = {
  name: 'splits.recount-conversations',
  text: `
    UPDATE conversations c
       SET message_count = s.count, last_message = s.last_message, last_message_at = coalesce(s.last_at, c.last_message_at),
           first_inbound_at = s.first_inbound, last_inbound_at = s.last_inbound, updated_at = now()
      FROM (SELECT i.id, count(m.id)::int AS count, (array_agg(m.display_content ORDER BY m.created_at DESC, m.id DESC))[1] AS last_message,
                   max(m.created_at) AS last_at, min(m.created_at) FILTER (WHERE m.direction = 'INBOUND') AS first_inbound,
                   max(m.created_at) FILTER (WHERE m.direction = 'INBOUND') AS last_inbound
              FROM unnest($2::uuid[]) AS i (id) LEFT JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = i.id GROUP BY i.id) s
     WHERE c.tenant_id = $1 AND c.id = s.id`,
};

/** Moves a chunk of messages back. @returns whether more may follow at once */
export async function returnMessages(tx: SystemTx, merge: StoredMerge): Promise<boolean> {
  const { tenantId, id, fromId, intoId, moved } = merge;
  const { conversations = [], joined = [] } = moved;
  const all = [...conversations, ...joined.map((one) => one.id)];
  const [row] = await tx.query<{ count: number }>(RETURN, [tenantId, fromId, intoId, id, all, RETURN_CHUNK]);
  if (row!.count > 0) {
    await steerMerge(tx, merge);
    return true;
  }
  const [left] = await tx.query<{ isLeft: true | null }>(LEFT, [tenantId, id]);
  const touched = [...new Set(joined.flatMap((one) => [one.id, one.intoId]))].sort();
  if (!left?.isLeft && touched.length > 0) await tx.query(RECOUNT, [tenantId, touched]);
  await steerMerge(tx, { ...merge, state: left?.isLeft ? 'RETURNING' : 'SPLIT' }, 10);
  return false;
}

const conflict = (detail: string): DomainError => new DomainError('contact.state-conflict', detail);
