import type { LedgerFacts, NumberTalk } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** How the ledger stands, for operators and alerts. Each figure is counted by an index of its own, up to a cap. */

/** Rows that are counted at most. */
export const LAG_CAP = 10_000;

/** What waits in the ledger, and what could not be applied. */
export interface LedgerLag {
  new: number;
  /** null: nothing waits. */
  oldestSeconds: number | null;
  retry: number;
  unrouted: number;
  refused: number;
  deadItems: number;
  deadEvents: number;
  replaysRunning: number;
}

const capped = (rows: string): string => `(SELECT count(*)::int FROM (${rows} LIMIT ${LAG_CAP}) r)`;
const OLDEST = `(SELECT extract(epoch FROM now() - uuid_v7_time(e.id))::float FROM webhook_events e WHERE e.state = 'NEW' ORDER BY e.id LIMIT 1)`;

const LAG: Statement = {
  name: 'ledger.lag',
  text: `
    SELECT ${capped(`SELECT FROM webhook_events WHERE state = 'NEW'`)} AS new, ${OLDEST} AS "oldestSeconds",
           ${capped(`SELECT FROM webhook_items WHERE state = 'RETRY'`)} AS retry,
           ${capped(`SELECT FROM webhook_items WHERE state = 'UNROUTED'`)} AS unrouted,
           ${capped(`SELECT FROM webhook_items WHERE state = 'REFUSED'`)} AS refused,
           ${capped(`SELECT FROM webhook_items WHERE state = 'DEAD'`)} AS "deadItems",
           ${capped(`SELECT FROM webhook_events WHERE state = 'DEAD'`)} AS "deadEvents",
           ${capped(`SELECT FROM ledger_replays WHERE state = 'RUNNING'`)} AS "replaysRunning"`,
};

/** Numbers that one look takes: more than so many silent ones tell nobody more. */
const MOST = 5_000;

/** Events on either side of the oldest one that waits: the last that was processed is among them. */
const NEIGHBOURS = 200;

const FACTS: Statement = {
  name: 'ledger.facts',
  text: `
    WITH oldest AS MATERIALIZED (SELECT id FROM webhook_events WHERE state = 'NEW' ORDER BY id LIMIT 1)
    SELECT ${capped(`SELECT FROM webhook_events WHERE state = 'NEW'`)} AS waiting,
           (SELECT extract(epoch FROM now() - uuid_v7_time(id))::float FROM oldest) AS "oldestSeconds",
           (SELECT extract(epoch FROM now() - max(n.processed_at))::float FROM oldest o CROSS JOIN LATERAL (
              (SELECT e.processed_at FROM webhook_events e WHERE e.id < o.id ORDER BY e.id DESC LIMIT ${NEIGHBOURS})
              UNION ALL (SELECT e.processed_at FROM webhook_events e WHERE e.id > o.id ORDER BY e.id LIMIT ${NEIGHBOURS})) n) AS "idleSeconds"`,
};

// By the hours that the statistics have counted; a tenant's hours may begin at the half. What they have not read or not counted
// yet is no silence. A module that is off explains its silence.
const TALKS: Statement = {
  name: 'ledger.talks',
  text: `
    WITH unread AS MATERIALIZED (
      SELECT (SELECT e.at FROM events e WHERE (e.xid, e.id) > (c.xid, c.id) ORDER BY e.xid, e.id LIMIT 1) AS since FROM event_cursors c WHERE c.consumer = 'statistics'
    ), talk AS MATERIALIZED (
      SELECT n.tenant_id, n.id, n.display_phone_number, n.last_webhook_at,
             ARRAY(SELECT coalesce((SELECT sum(s.received)::int FROM message_stats s
                                     WHERE s.tenant_id = n.tenant_id AND s.hour > now() - make_interval(hours => 24 * d + 2)
                                       AND s.hour <= now() - make_interval(hours => 24 * d + 1) AND s.phone_number_id = n.id), 0)
                     FROM generate_series(1, 7) AS d ORDER BY d) AS before
        FROM phone_numbers n
       WHERE NOT EXISTS (SELECT FROM unread WHERE since < now() - interval '5 minutes')
         AND coalesce((SELECT t.whatsapp_enabled FROM tenants t WHERE t.id = n.tenant_id), false)
         AND (SELECT true FROM stats_hours h WHERE h.tenant_id = n.tenant_id AND h.hour > now() - interval '2 hours' LIMIT 1) IS NULL
         AND (SELECT true FROM message_stats s WHERE s.tenant_id = n.tenant_id AND s.hour > now() - interval '2 hours'
                 AND s.phone_number_id = n.id AND s.received > 0 LIMIT 1) IS NULL
    )
    SELECT tenant_id AS "tenantId", id AS "numberId", display_phone_number AS "displayPhoneNumber", before,
           coalesce(last_webhook_at, '-infinity') < now() - interval '1 hour' AS "isUnheard"
      FROM talk WHERE $1 <= ANY (before)
     ORDER BY 1, 2 LIMIT ${MOST}`,
};

export async function ledgerLag(db: SystemQueries): Promise<LedgerLag> {
  return (await db.query<LedgerLag>(LAG))[0]!;
}

/** What the rule of stalled webhooks looks at. */
export async function ledgerFacts(db: SystemQueries): Promise<LedgerFacts> {
  return (await db.query<LedgerFacts>(FACTS))[0]!;
}

/**
 * Numbers to which nobody wrote in the last full hour and since then, with what came in the same hour of the seven days before.
 * @param minimum numbers that never had so many in this hour are left out
 */
export function numberTalks(db: SystemQueries, minimum: number): Promise<NumberTalk[]> {
  return db.query<NumberTalk>(TALKS, [minimum]);
}
