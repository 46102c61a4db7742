import type { ConversationPriority } from '@parley/domain';
import type { TenantTx } from '../tenant-db.js';
import type { ConversationKey } from './steer.repository.js';

/** What people say of a conversation; what is undefined stays. */
export interface ConversationDetails {
  priority?: ConversationPriority | undefined;
  tags?: readonly string[] | undefined;
  /** Null clears it. */
  customerId?: string | null | undefined;
}

/** A note, as it is stored. */
export interface ConversationNote {
  id: string;
  author: string;
  /** The user who wrote it; null where it was an app. */
  authorId: string | null;
  text: string;
  at: Date;
}

/** Something that happened to a conversation, or a note. */
export interface ConversationMoment {
  id: string;
  type: string;
  actor: string;
  detail: object | null;
  at: Date;
}

/** How the actor of a person begins; the rest is the subject of the JWT. */
const USER = 'user:';

// A priority that a person gives is not taken back when an escalation is over.
const CHANGE = `
  WITH before AS MATERIALIZED (
    SELECT tenant_id, id, priority, tags, customer_id FROM conversations WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE
  ), changed AS (
    UPDATE conversations c
       SET priority = coalesce($4, c.priority), priority_before = CASE WHEN $4 IS NULL THEN c.priority_before END, tags = coalesce($5::text[], c.tags),
           customer_id = CASE WHEN $6::boolean THEN $7 ELSE c.customer_id END, updated_at = now()
      FROM before b
     WHERE c.tenant_id = b.tenant_id AND c.id = b.id
       AND ($4 <> b.priority OR ($4 IS NOT NULL AND c.priority_before IS NOT NULL) OR $5::text[] <> b.tags OR ($6::boolean AND $7 IS DISTINCT FROM b.customer_id))
    RETURNING c.tenant_id, c.id, c.priority, c.tags, c.customer_id
  ), noted AS (
    INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
    SELECT c.tenant_id, c.id, 'changed', $3,
           json_build_object('before', json_build_object('priority', b.priority, 'tags', b.tags, 'customerId', b.customer_id),
                             'after', json_build_object('priority', c.priority, 'tags', c.tags, 'customerId', c.customer_id))
      FROM changed c JOIN before b ON b.tenant_id = c.tenant_id AND b.id = c.id
  )
  SELECT id FROM before`;

const ADD_NOTE = `
  INSERT INTO conversation_notes (tenant_id, conversation_id, author, author_id, text)
  SELECT c.tenant_id, c.id, $3, (SELECT u.id FROM users u WHERE u.tenant_id = c.tenant_id AND u.subject = substr($3, ${USER.length + 1}) AND starts_with($3, '${USER}') LIMIT 1), $4
    FROM conversations c WHERE c.tenant_id = $1::uuid AND c.id = $2::uuid
  RETURNING id, author, author_id AS "authorId", text, at`;

// Ids are in the order of time, that of the conversation included: its own is the moment in which it was opened.
const TIMELINE = `
  SELECT * FROM (
    (SELECT id, type, actor, detail, at FROM conversation_events
      WHERE tenant_id = $1::uuid AND conversation_id = $2::uuid AND ($3::uuid IS NULL OR id < $3::uuid) ORDER BY id DESC LIMIT $4::int)
    UNION ALL
    (SELECT id, 'note', author, json_build_object('authorId', author_id, 'text', text), at FROM conversation_notes
      WHERE tenant_id = $1::uuid AND conversation_id = $2::uuid AND ($3::uuid IS NULL OR id < $3::uuid) ORDER BY id DESC LIMIT $4::int)
    UNION ALL
    (SELECT id, 'opened', CASE WHEN first_inbound_at <= created_at THEN 'customer' ELSE 'system' END, NULL, created_at FROM conversations
      WHERE tenant_id = $1::uuid AND id = $2::uuid AND ($3::uuid IS NULL OR id < $3::uuid))
  ) moments ORDER BY id DESC LIMIT $4::int`;

/** Changes what is given, with its place on the timeline; false: there is no such conversation. */
export async function changeConversation(tx: TenantTx, { tenantId, id, actor }: ConversationKey, details: ConversationDetails): Promise<boolean> {
  const { priority, tags, customerId } = details;
  const values = [priority ?? null, tags ?? null, customerId !== undefined, customerId ?? null];
  return (await tx.$queryRawUnsafe<{ id: string }[]>(CHANGE, tenantId, id, actor, ...values)).length > 0;
}

/** Adds a note; null: there is no such conversation. */
export async function addConversationNote(tx: TenantTx, { tenantId, id, actor }: ConversationKey, text: string): Promise<ConversationNote | null> {
  return (await tx.$queryRawUnsafe<ConversationNote[]>(ADD_NOTE, tenantId, id, actor, text))[0] ?? null;
}

/** What happened to a conversation, notes included, newest first. */
export function conversationTimeline(tx: TenantTx, { tenantId, id }: Omit<ConversationKey, 'actor'>, before: string | undefined, take: number): Promise<ConversationMoment[]> {
  return tx.$queryRawUnsafe<ConversationMoment[]>(TIMELINE, tenantId, id, before ?? null, take);
}
