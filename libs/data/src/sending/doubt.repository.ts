import { UNCERTAIN } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** What became of messages whose outcome nobody told. */
export interface SettledDoubt {
  numberId: string;
  /** `parked`: a dead letter; `resent`: due once more. */
  how: 'parked' | 'resent';
  count: number;
}

/** Messages of one number that one statement settles at most. */
const CHUNK = 500;
/** Where nothing shows that webhooks of a number arrive, a doubt lasts so much longer, and ends without a second message. */
const BLIND_FACTOR = 4;

// "In which we could see": the ledger holds nothing unprocessed that is older than a minute, and webhooks of the number have
// arrived since the doubt began. Where nothing came for the number but something came at all, Meta reaches us: enough to
// park, for a status still corrects it, but not to send twice.
const SETTLE: Statement = {
  name: 'doubt.settle',
  text: `
    WITH RECURSIVE doubtful AS (
      (SELECT tenant_id, phone_number_id FROM messages WHERE state = 'UNKNOWN' ORDER BY phone_number_id LIMIT 1)
      UNION ALL
      SELECT n.tenant_id, n.phone_number_id FROM doubtful d CROSS JOIN LATERAL (
        SELECT m.tenant_id, m.phone_number_id FROM messages m
         WHERE m.state = 'UNKNOWN' AND m.phone_number_id > d.phone_number_id ORDER BY m.phone_number_id LIMIT 1) n
    ), ledger AS MATERIALIZED (
      SELECT (SELECT uuid_v7_time(id) FROM webhook_events ORDER BY id DESC LIMIT 1) AS newest_at
       WHERE (SELECT true FROM webhook_events WHERE state = 'NEW' AND id < uuid_v7_floor(now() - interval '1 minute') LIMIT 1) IS NULL
         AND (SELECT true FROM webhook_items WHERE state = 'RETRY' AND next_at < now() - interval '1 minute' LIMIT 1) IS NULL
    ), old AS MATERIALIZED (
      SELECT o.*, n.last_webhook_at >= o.updated_at AS is_seen, l.newest_at >= o.updated_at AS is_reached,
             o.updated_at <= now() - make_interval(secs => $1::int * ${BLIND_FACTOR}) AS is_blind,
             (SELECT coalesce(t.on_unknown ->> o.purpose, t.on_unknown ->> 'default') FROM tenants t WHERE t.id = o.tenant_id) AS policy
        FROM ledger l
       CROSS JOIN doubtful d
        JOIN phone_numbers n ON n.tenant_id = d.tenant_id AND n.id = d.phone_number_id
       CROSS JOIN LATERAL (
         SELECT m.tenant_id, m.id, m.purpose::text AS purpose, m.updated_at, m.attempts < m.max_attempts AND m.valid_until > now() AS may_go
           FROM messages m
          WHERE m.phone_number_id = d.phone_number_id AND m.state = 'UNKNOWN' AND m.updated_at <= now() - make_interval(secs => $1::int)
          ORDER BY m.contact_id LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED) o
    ), judged AS (
      SELECT tenant_id, id, policy = 'resend' AND may_go AND is_seen AS resends FROM old
       WHERE is_blind OR is_seen OR (is_reached AND policy = 'park')
    ), moved AS (
      UPDATE messages m
         SET state = CASE WHEN j.resends THEN 'WAITING' ELSE 'FAILED' END,
             reason = CASE WHEN j.resends THEN m.reason ELSE '${UNCERTAIN}' END,
             wait_cause = CASE WHEN j.resends THEN 'retry' END, wait_until = CASE WHEN j.resends THEN now() END,
             failed_at = CASE WHEN j.resends THEN m.failed_at ELSE now() END,
             dead_lettered_at = CASE WHEN j.resends THEN m.dead_lettered_at ELSE now() END, updated_at = now()
        FROM judged j
       WHERE m.tenant_id = j.tenant_id AND m.id = j.id AND m.state || '' = 'UNKNOWN'
      RETURNING m.tenant_id, m.id, m.phone_number_id, m.state
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state), json_build_object('reason', CASE state WHEN 'FAILED' THEN '${UNCERTAIN}' ELSE 'outcome.unknown' END, 'policy',
               CASE state WHEN 'FAILED' THEN 'park' ELSE 'resend' END)
        FROM moved
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_failed', 'message', id, json_build_object('messageId', id, 'reason', '${UNCERTAIN}', 'code', NULL)
        FROM moved WHERE state = 'FAILED'
    )
    SELECT phone_number_id AS "numberId", CASE state WHEN 'FAILED' THEN 'parked' ELSE 'resent' END AS how, count(*)::int AS count
      FROM moved GROUP BY phone_number_id, state`,
};

/**
 * Settles messages whose outcome has been unknown for so long, as their tenants wish, by purpose. What is sent again is due
 * at once, as a new attempt; what may not be (too old, too many attempts) is parked.
 * @param afterSeconds how long a doubt waits for a status
 */
export function settleDoubt(db: SystemDb, afterSeconds: number): Promise<SettledDoubt[]> {
  return db.query<SettledDoubt>(SETTLE, [afterSeconds]);
}
