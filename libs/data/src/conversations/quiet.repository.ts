import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries } from '../system-db.js';

export interface TenantClock {
  id: TenantId;
  timeZone: string;
  /** The database's clock. */
  now: Date;
}

/** How long conversations of a tenant may be what they are. */
export interface QuietLimit {
  tenantId: TenantId;
  /** Hours without a message, or since it was resolved. */
  hours: number;
}

/** A conversation that was moved. */
export interface QuietConversation {
  tenantId: TenantId;
  id: string;
  from: string;
}

const TENANTS: Statement = {
  name: 'conversations.tenants',
  text: `SELECT id, time_zone AS "timeZone", now() AS now FROM tenants WHERE id > $1::uuid ORDER BY id LIMIT $2`,
};

const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** $1, $2: tenants and their hours; $3: now; $4: how many at most. What another worker has in hand is his; what he has moved is looked at as it is. */
const due = (condition: string): string => `
    WITH due AS MATERIALIZED (
      SELECT c.tenant_id, c.id, c.state, c.last_message_at,
             c.awaiting_since IS NOT NULL AND (c.answered_at > c.awaiting_since) IS NOT TRUE AS unanswered
        FROM (SELECT tenant_id, $3::timestamptz - make_interval(hours => hours) AS since
                FROM unnest($1::uuid[], $2::int[]) AS i (tenant_id, hours)) i
        JOIN conversations c ON c.tenant_id = i.tenant_id AND ${condition}
       LIMIT $4
         FOR UPDATE OF c SKIP LOCKED
    )`;

const quietSince = `c.last_message_at < i.since AND c.state IN ('OPEN', 'ASSIGNED')`;

const told = (type: string, detail: string): string => `, noted AS (
      INSERT INTO conversation_events (tenant_id, conversation_id, type, actor, detail)
      SELECT m.tenant_id, m.id, '${type}', 'system', json_build_object(${detail})
        FROM moved m JOIN due d ON d.tenant_id = m.tenant_id AND d.id = m.id
    )`;

const published = (event: string): string => `, published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, '${event}', 'conversation', id,
             json_build_object('conversationId', id, 'contactId', contact_id, 'assignedTo', assigned_to, 'actor', 'system')
        FROM moved
    )`;

const answer = `SELECT d.tenant_id AS "tenantId", d.id, d.state AS "from" FROM moved m JOIN due d ON d.tenant_id = m.tenant_id AND d.id = m.id`;

const IDLE: Statement = {
  name: 'conversations.note-idle',
  text: `${due(`c.last_inbound_at < i.since AND c.idle_at IS NULL AND ${quietSince}`)}, moved AS (
      UPDATE conversations c SET idle_at = $3, updated_at = now() FROM due d WHERE c.tenant_id = d.tenant_id AND c.id = d.id
      RETURNING c.tenant_id, c.id
    )${told('idle', `'lastMessageAt', d.last_message_at, 'unanswered', d.unanswered`)} ${answer}`,
};

// What still waited for an answer is given up, and the timeline says so.
const CLOSE: Statement = {
  name: 'conversations.close-idle',
  text: `${due(`c.idle_at IS NOT NULL AND ${quietSince}`)}, moved AS (
      UPDATE conversations c
         SET state = 'RESOLVED', resolved_at = $3, awaiting_since = CASE WHEN d.unanswered THEN NULL ELSE c.awaiting_since END,
             due_soon_at = CASE WHEN d.unanswered THEN NULL ELSE c.due_soon_at END,
             answer_due_at = CASE WHEN d.unanswered THEN NULL ELSE c.answer_due_at END,
             priority = coalesce(c.priority_before, c.priority), priority_before = NULL, escalation_level = 0, escalated_at = NULL, updated_at = now()
        FROM due d WHERE c.tenant_id = d.tenant_id AND c.id = d.id
      RETURNING c.tenant_id, c.id, c.contact_id, c.assigned_to
    )${told('resolved', `'reason', 'idle', 'lastMessageAt', d.last_message_at, 'unanswered', d.unanswered`)}${published('whatsapp.conversation_resolved')} ${answer}`,
};

const ARCHIVE: Statement = {
  name: 'conversations.archive-resolved',
  text: `${due(`c.state = 'RESOLVED' AND c.resolved_at < i.since`)}, moved AS (
      UPDATE conversations c SET state = 'ARCHIVED', archived_at = $3, updated_at = now() FROM due d WHERE c.tenant_id = d.tenant_id AND c.id = d.id
      RETURNING c.tenant_id, c.id, c.contact_id, c.assigned_to
    )${told('archived', `'reason', 'resolved'`)}${published('whatsapp.conversation_archived')} ${answer}`,
};

const STATEMENTS = { idle: IDLE, close: CLOSE, archive: ARCHIVE } as const;

/** What happens to conversations in which nothing happens. */
export type QuietStep = keyof typeof STATEMENTS;

/** The tenants behind this one, by id. */
export function tenantsAfter(db: SystemQueries, after: TenantId | null, limit: number): Promise<TenantClock[]> {
  return db.query<TenantClock>(TENANTS, [after ?? NO_TENANT, limit]);
}

/** Moves some of the conversations of these tenants that were quiet for so long, with timeline and events; as many as the limit says: there may be more. */
export function moveQuiet(db: SystemQueries, step: QuietStep, limits: readonly QuietLimit[], now: Date, limit: number): Promise<QuietConversation[]> {
  if (limits.length === 0) return Promise.resolve([]);
  return db.query<QuietConversation>(STATEMENTS[step], [...columns(limits, (one) => one.tenantId, (one) => one.hours), now, limit]);
}
