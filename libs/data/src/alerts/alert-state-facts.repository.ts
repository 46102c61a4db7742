import type { NumberQuality, OpenHold, StoppedTemplate } from '@parley/domain';
import { isOpen } from '../sending/holds.repository.js';
import type { Statement, SystemQueries } from '../system-db.js';

/** States that are worth an alert, of all tenants. Each statement reads what is open or stopped, which is little. */

/** Rows that one look takes: more than this many incidents tell nobody more. */
const MOST = 5_000;

const HELD: Statement = {
  name: 'alerts.held',
  text: `
    SELECT h.tenant_id AS "tenantId", h.scope, h.scope_id AS "scopeId", h.cause, h.reason, h.actor, h.until,
           extract(epoch FROM now() - h.began_at)::float AS "ageSeconds",
           CASE h.scope
             WHEN 'number' THEN (SELECT n.display_phone_number FROM phone_numbers n WHERE n.tenant_id = h.tenant_id AND n.id = h.scope_id)
             WHEN 'account' THEN (SELECT a.name FROM accounts a WHERE a.tenant_id = h.tenant_id AND a.id = h.scope_id)
           END AS subject
      FROM holds h
     WHERE ${isOpen('h')} AND h.scope <> 'template'
     ORDER BY h.tenant_id, h.scope_id, h.scope, h.cause LIMIT ${MOST}`,
};

const QUALITY: Statement = {
  name: 'alerts.quality',
  text: `
    SELECT tenant_id AS "tenantId", id AS "numberId", display_phone_number AS "displayPhoneNumber", quality
      FROM phone_numbers WHERE quality IN ('RED', 'YELLOW') LIMIT ${MOST}`,
};

// A template that was brought in as it is (its state is as old as its row) is nobody's news.
const TEMPLATES: Statement = {
  name: 'alerts.templates',
  text: `
    SELECT tenant_id AS "tenantId", id AS "templateId", name, language, status, rejected_reason AS reason
      FROM templates
     WHERE status IN ('PAUSED', 'REJECTED', 'DISABLED') AND status_at > created_at
     ORDER BY status_at DESC LIMIT ${MOST}`,
};

const REFUSED: Statement = {
  name: 'alerts.refused',
  text: `
    SELECT count(*)::int AS count FROM (
      SELECT FROM webhook_items WHERE id >= uuid_v7_floor(now() - make_interval(mins => $1)) AND state = 'REFUSED' LIMIT ${MOST}) r`,
};

/** Whatever holds a number, an account or a tenant now. */
export function openHolds(db: SystemQueries): Promise<OpenHold[]> {
  return db.query<OpenHold>(HELD);
}

/** Numbers that Meta does not rate as good. */
export function badQuality(db: SystemQueries): Promise<NumberQuality[]> {
  return db.query<NumberQuality>(QUALITY);
}

/** Templates that Meta stopped after they were here. */
export function templatesStopped(db: SystemQueries): Promise<StoppedTemplate[]> {
  return db.query<StoppedTemplate>(TEMPLATES);
}

/** Items of webhooks that were refused because an app spoke for somebody else. */
export async function refusedItems(db: SystemQueries, windowMinutes: number): Promise<number> {
  return (await db.query<{ count: number }>(REFUSED, [windowMinutes]))[0]?.count ?? 0;
}
