import { TEMPLATE_REMOVED, type TenantId } from '@parley/domain';
import { isOpen } from '../sending/holds.repository.js';
import { stoodSeconds } from '../sending/validity.js';
import type { Statement, SystemQueries } from '../system-db.js';

/** SQL: the states in which a template holds its messages; it may be sent again without a change. */
export const HOLDING_STATUSES = `('PAUSED', 'PENDING')`;

/** SQL: the reason of a message whose template neither sends nor holds. @param t alias of a row of templates */
export const templateRefusal = (t: string): string => `
  CASE WHEN ${t}.status = 'DISABLED' AND ${t}.rejected_reason = '${TEMPLATE_REMOVED}' THEN 'template.deleted'
       WHEN ${t}.status IN ('DISABLED', 'REJECTED') THEN 'template.' || lower(${t}.status)
       ELSE 'template.not-approved' END`;

/** A template with messages that wait for it. */
export interface HeldTemplate {
  tenantId: TenantId;
  templateId: string;
}

/** What became of messages that a template had held. */
export interface ReleasedMessages {
  numberId: string;
  state: 'QUEUED' | 'FAILED';
  count: number;
}

/** Messages of one template that one statement moves at most: long sets would hold locks and snapshots for long. */
const CHUNK = 1_000;

// While a template holds a message its validity does not run, but for one-time passwords (lane 0), which are soon of no
// use. The rows are found through the index of those that wait for a template, and nothing else is looked at.
const release = (templates: string) => `
    WITH RECURSIVE ${templates}, held AS MATERIALIZED (
      SELECT w.tenant_id, w.id, t.status, ${templateRefusal('t')} AS refusal
        FROM template i
        JOIN templates t ON t.tenant_id = i.tenant_id AND t.id = i.id AND t.status NOT IN ${HOLDING_STATUSES}
                        AND (t.status <> 'APPROVED'
                             OR (SELECT true FROM holds o WHERE o.tenant_id = t.tenant_id AND o.scope_id = t.id AND ${isOpen('o')} LIMIT 1) IS NULL)
       CROSS JOIN LATERAL (
         SELECT m.tenant_id, m.id FROM messages m
          WHERE m.tenant_id = i.tenant_id AND m.template_id = i.id AND m.wait_cause = 'template'
          ORDER BY m.id LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED
       ) w
    ), moved AS (
      UPDATE messages m
         SET state = CASE h.status WHEN 'APPROVED' THEN 'QUEUED' ELSE 'FAILED' END,
             wait_cause = NULL, wait_until = NULL,
             stood_seconds = coalesce(m.stood_seconds, 0) + ${stoodSeconds('m')},
             reason = CASE WHEN h.status <> 'APPROVED' THEN h.refusal END,
             failed_at = CASE WHEN h.status <> 'APPROVED' THEN now() ELSE m.failed_at END,
             dead_lettered_at = CASE WHEN h.status <> 'APPROVED' THEN now() END,
             updated_at = now()
        FROM held h
       WHERE m.tenant_id = h.tenant_id AND m.id = h.id AND m.state || '' = 'WAITING'
      RETURNING m.tenant_id, m.id, m.phone_number_id, m.state, m.reason
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state), json_build_object('reason', coalesce(reason, 'template approved')) FROM moved
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_failed', 'message', id, json_build_object('messageId', id, 'reason', reason)
        FROM moved WHERE state = 'FAILED'
    )
    SELECT phone_number_id AS "numberId", state, count(*)::int AS count FROM moved GROUP BY phone_number_id, state`;

const RELEASE: Statement = {
  name: 'templates.release-held',
  text: release(`template AS (SELECT tenant_id, id FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id))`),
};

// A skip scan: it visits each holding template once, however many messages it holds.
const RELEASE_ALL: Statement = {
  name: 'templates.release-all-held',
  text: release(`template AS (
      (SELECT tenant_id, template_id AS id FROM messages WHERE wait_cause = 'template' ORDER BY tenant_id, template_id LIMIT 1)
      UNION ALL
      SELECT n.tenant_id, n.template_id FROM template w CROSS JOIN LATERAL (
        SELECT m.tenant_id, m.template_id FROM messages m
         WHERE m.wait_cause = 'template' AND (m.tenant_id, m.template_id) > (w.tenant_id, w.id)
         ORDER BY m.tenant_id, m.template_id LIMIT 1) n
    )`),
};

/**
 * Lets go what these templates held: messages of an approved one are QUEUED again, those of one that is over FAIL. A
 * thousand of each template; call it until nothing is answered.
 */
export function releaseHeldMessages(db: SystemQueries, templates: readonly HeldTemplate[]): Promise<ReleasedMessages[]> {
  return db.query<ReleasedMessages>(RELEASE, [templates.map((t) => t.tenantId), templates.map((t) => t.templateId)]);
}

/** The same for every template of the platform, for what a crash between the change and the release left. */
export function releaseAllHeldMessages(db: SystemQueries): Promise<ReleasedMessages[]> {
  return db.query<ReleasedMessages>(RELEASE_ALL);
}
