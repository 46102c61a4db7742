import { UNCERTAIN, type LimitUse, type NumberCount, type SendTally, type StuckFacts, type TenantCount } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/**
 * Facts for the rules of alerts, as set statements over all tenants. None reads a backlog: each starts from the tenants and
 * takes a bounded range of an index of each.
 */

/** Rows of one tenant that are counted at most. */
const CAP = 10_000;
/** Attempts of one tenant that are looked at for silent webhooks at most. */
const SAMPLE = 1_000;

const perTenant = (rows: string): string => `
    SELECT t.id AS "tenantId", c.count FROM tenants t
     CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM (${rows} LIMIT ${CAP}) r) c
     WHERE c.count > 0`;

const NEW_DEAD_LETTERS: Statement = {
  name: 'alerts.dead-letters',
  text: perTenant('SELECT FROM messages m WHERE m.tenant_id = t.id AND m.dead_lettered_at > now() - make_interval(secs => $1)'),
};

const DUE: Statement = {
  name: 'alerts.due',
  text: 'SELECT tenant_id AS "tenantId", due AS count FROM outbound_figures WHERE due > 0',
};

// The predicate of messages_tried, word for word; the parameters come on top of it.
const TRIED = `m.attempts >= 2 AND m.state IN ('QUEUED', 'WAITING', 'DISPATCHED', 'SENDING', 'UNKNOWN')`;

const STUCK: Statement = {
  name: 'alerts.stuck',
  text: `
    SELECT t.id AS "tenantId", c.queued, c.total - c.queued AS sending FROM tenants t
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS total, count(*) FILTER (WHERE r.state IN ('QUEUED', 'WAITING', 'DISPATCHED'))::int AS queued
         FROM (SELECT m.state FROM messages m
                WHERE m.tenant_id = t.id AND ${TRIED} AND m.attempts >= $1 AND m.id < uuid_v7_floor(now() - make_interval(mins => $2))
                  AND coalesce(m.send_at, m.created_at) <= now() - make_interval(mins => $2)
                LIMIT ${CAP}) r
     ) c
     WHERE c.total > 0`,
};

const ESCALATED: Statement = {
  name: 'alerts.escalated',
  text: `
    SELECT t.id AS "tenantId", tried.count + dead.count AS count FROM tenants t
     CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM (
       SELECT FROM messages m WHERE m.tenant_id = t.id AND ${TRIED} AND m.attempts >= $1 LIMIT ${CAP}) r) tried
     CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE r.attempts >= $1)::int AS count FROM (
       SELECT m.attempts FROM messages m
        WHERE m.tenant_id = t.id AND m.dead_lettered_at > now() - make_interval(mins => $2) LIMIT ${CAP}) r) dead
     WHERE tried.count + dead.count > 0`,
};

const UNCERTAIN_ENDS: Statement = {
  name: 'alerts.uncertain',
  text: `
    SELECT t.id AS "tenantId", c.count FROM tenants t
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE r.reason = '${UNCERTAIN}')::int AS count
         FROM (SELECT m.reason FROM messages m
                WHERE m.tenant_id = t.id AND m.dead_lettered_at > now() - make_interval(mins => $1) LIMIT ${CAP}) r
     ) c
     WHERE c.count > 0`,
};

const TALLIES: Statement = {
  name: 'alerts.tallies',
  text: `
    SELECT t.id AS "tenantId", s.channel, s.accepted, s.failed, s."failedAccepted" FROM tenants t
     CROSS JOIN LATERAL (
       SELECT o.channel, sum(o.accepted)::int AS accepted, sum(o.failed)::int AS failed, sum(o.failed_accepted)::int AS "failedAccepted"
         FROM outbound_tallies o
        WHERE o.tenant_id = t.id AND o.channel = 'WHATSAPP' AND o.at > now() - make_interval(mins => $1)
        GROUP BY o.channel
     ) s
     WHERE s.failed > 0`,
};

const THROTTLED: Statement = {
  name: 'alerts.throttled',
  text: perTenant(`SELECT FROM outbound_tallies o
                    WHERE o.tenant_id = t.id AND o.channel = 'WHATSAPP' AND o.at > now() - make_interval(mins => $1) AND o.throttled > 0`),
};

const QUOTAS: Statement = {
  name: 'alerts.quotas',
  text: `
    SELECT tenant_id AS "tenantId", 'quota' AS limit, tenant_id AS "objectId", NULL AS subject, reserved AS used, coalesce(quota, $1) AS of
      FROM rate_limits
     WHERE window_started_at > now() - make_interval(secs => $2) AND reserved > 0`,
};

// used is an upper bound, since old contacts are forgotten at the next send only; where it comes near, they are counted.
const TIERS: Statement = {
  name: 'alerts.tiers',
  text: `
    SELECT a.tenant_id AS "tenantId", 'tier' AS limit, a.id AS "objectId", a.name AS subject, c.used, a.most AS of
      FROM (SELECT a.tenant_id, a.id, a.name, coalesce(a.business_id, a.waba_id) AS portfolio_id,
                   (SELECT max(substring(n.tier FROM '^TIER_([0-9]{1,6})K?$')::int * CASE WHEN n.tier LIKE '%K' THEN 1000 ELSE 1 END)
                      FROM phone_numbers n WHERE n.tenant_id = a.tenant_id AND n.account_id = a.id) AS most
              FROM accounts a) a
      JOIN tier_budgets b ON b.portfolio_id = a.portfolio_id AND b.used * 100 >= a.most * $1
     CROSS JOIN LATERAL (SELECT count(*)::int AS used FROM (
       SELECT FROM tier_contacts t WHERE t.portfolio_id = a.portfolio_id AND t.counted_at > now() - interval '24 hours' LIMIT a.most) r) c`,
};

// Sends of the older two thirds of the window, whose statuses had the time to come.
const SILENT: Statement = {
  name: 'alerts.silent',
  text: `
    WITH quiet AS MATERIALIZED (
      SELECT n.tenant_id, n.id, n.display_phone_number FROM phone_numbers n
       WHERE coalesce(n.last_webhook_at, '-infinity') < now() - make_interval(mins => $1)
    ), sent AS MATERIALIZED (
      SELECT s.tenant_id, s.message_id FROM (SELECT DISTINCT tenant_id FROM quiet) t
       CROSS JOIN LATERAL (
         SELECT a.tenant_id, a.message_id FROM message_attempts a
          WHERE a.tenant_id = t.tenant_id AND a.id >= uuid_v7_floor(now() - make_interval(mins => $1))
            AND a.id < uuid_v7_floor(now() - make_interval(secs => $1 * 20)) AND a.outcome = 'accepted'
          ORDER BY a.id DESC LIMIT ${SAMPLE}) s
    )
    SELECT q.tenant_id AS "tenantId", q.id AS "numberId", q.display_phone_number AS "displayPhoneNumber", count(*)::int AS count
      FROM sent s
      JOIN messages m ON m.tenant_id = s.tenant_id AND m.id = s.message_id
      JOIN quiet q ON q.tenant_id = m.tenant_id AND q.id = m.phone_number_id
     GROUP BY 1, 2, 3`,
};

/** Dead letters of the last seconds, by tenant. */
export function newDeadLetters(db: SystemQueries, windowSeconds: number): Promise<TenantCount[]> {
  return db.query<TenantCount>(NEW_DEAD_LETTERS, [windowSeconds]);
}

/** Messages due and not held, by tenant, as they were measured last. */
export function dueMessages(db: SystemQueries): Promise<TenantCount[]> {
  return db.query<TenantCount>(DUE);
}

/** Messages tried so often and so old, by tenant and public status. */
export function stuckMessagesOf(db: SystemQueries, attempts: number, ageMinutes: number): Promise<StuckFacts[]> {
  return db.query<StuckFacts>(STUCK, [attempts, ageMinutes]);
}

/** Messages tried so often: those that are not through, and those that became dead letters within the window. */
export function escalatedMessages(db: SystemQueries, attempts: number, windowMinutes: number): Promise<TenantCount[]> {
  return db.query<TenantCount>(ESCALATED, [attempts, windowMinutes]);
}

/** Messages of the window that were parked because nobody knows whether they left, by tenant. */
export function uncertainMessages(db: SystemQueries, windowMinutes: number): Promise<TenantCount[]> {
  return db.query<TenantCount>(UNCERTAIN_ENDS, [windowMinutes]);
}

/** What became of sends within the window, for tenants with a failure. */
export function sendTallies(db: SystemQueries, windowMinutes: number): Promise<SendTally[]> {
  return db.query<SendTally>(TALLIES, [windowMinutes]);
}

/** In how many minutes of the window Meta throttled, by tenant. */
export function throttledMinutes(db: SystemQueries, windowMinutes: number): Promise<TenantCount[]> {
  return db.query<TenantCount>(THROTTLED, [windowMinutes]);
}

/** How much of its quota each tenant has used in the window that runs. */
export function quotaUses(db: SystemQueries, defaults: { messages: number; windowSeconds: number }): Promise<LimitUse[]> {
  return db.query<LimitUse>(QUOTAS, [defaults.messages, defaults.windowSeconds]);
}

/** How much of its tier each account has used, where that comes near. */
export function tierUses(db: SystemQueries, percent: number): Promise<LimitUse[]> {
  return db.query<LimitUse>(TIERS, [percent]);
}

/** Numbers without a webhook in the window, and how many of their sends should have brought one. */
export function silentNumbers(db: SystemQueries, windowMinutes: number): Promise<NumberCount[]> {
  return db.query<NumberCount>(SILENT, [windowMinutes]);
}
