import { REASONS_OF_CAUSE, REDRIVE_CAUSES } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** What ended longer ago is no occasion any more. */
const LOOK_BACK = `interval '1 day'`;
/** The schedule of retries may run out before a hold begins: what died so long before it belongs to it. */
const BEFORE_HOLD = `interval '1 hour'`;

// Every occasion (a hold that ended, a template that was approved, a token that was renewed) of a tenant that wishes it makes
// one redrive, if there is a dead letter of that cause. The unique key makes a second look at it harmless. The dead letters
// are found by tenant and time of death, which is the order of their index.
const BEGIN_AUTOMATIC: Statement = {
  name: 'dead-letters.begin-automatic',
  text: `
    WITH reasons AS MATERIALIZED (
      SELECT cause, string_to_array(list, ',') AS list FROM unnest($1::text[], $2::text[]) AS i (cause, list)
    ), occasion AS MATERIALIZED (
      SELECT h.tenant_id, 'hold ' || h.id AS occasion, h.cause, h.began_at - ${BEFORE_HOLD} AS from_at, h.ended_at AS to_at,
             CASE h.scope WHEN 'number' THEN h.scope_id END AS number_id, CASE h.scope WHEN 'account' THEN h.scope_id END AS account_id,
             CASE h.scope WHEN 'template' THEN h.scope_id END AS template_id
        FROM holds h
       WHERE h.ended_at > now() - ${LOOK_BACK}
      UNION ALL
      SELECT t.tenant_id, 'template ' || t.id || ' ' || extract(epoch FROM coalesce(t.status_at, t.updated_at)), 'template', now() - ${LOOK_BACK}, now(),
             NULL, NULL, t.id
        FROM templates t WHERE t.status = 'APPROVED' AND coalesce(t.status_at, t.updated_at) > now() - ${LOOK_BACK}
      UNION ALL
      SELECT a.tenant_id, 'token ' || a.id || ' ' || a.token_version, 'credential', now() - ${LOOK_BACK}, a.updated_at, NULL, a.id, NULL
        FROM accounts a WHERE a.token_version > 1 AND a.updated_at > now() - ${LOOK_BACK}
    )
    INSERT INTO redrives (tenant_id, actor, cause, occasion, filter, before_at)
    SELECT o.tenant_id, 'auto', o.cause, o.occasion,
           json_strip_nulls(json_build_object('numberId', o.number_id, 'accountId', o.account_id, 'templateId', o.template_id, 'reasons', r.list, 'from', o.from_at)),
           o.to_at
      FROM occasion o
      JOIN tenants t ON t.id = o.tenant_id AND t.auto_redrive
      JOIN reasons r ON r.cause = o.cause
     WHERE (SELECT true FROM redrives d WHERE d.tenant_id = o.tenant_id AND d.occasion = o.occasion LIMIT 1) IS NULL
       AND (SELECT true FROM messages m
             WHERE m.tenant_id = o.tenant_id AND m.dead_lettered_at >= o.from_at AND m.dead_lettered_at < o.to_at AND m.reason = ANY (r.list)
               AND (o.number_id IS NULL OR m.phone_number_id = o.number_id) AND (o.template_id IS NULL OR m.template_id = o.template_id) LIMIT 1)
    ON CONFLICT (tenant_id, occasion) WHERE occasion IS NOT NULL DO NOTHING
    RETURNING id`,
};

/** Makes the redrives of what is over since the last look, for the tenants that wish it. Answers how many. */
export async function beginAutomaticRedrives(db: SystemQueries): Promise<number> {
  const lists = REDRIVE_CAUSES.map((cause) => REASONS_OF_CAUSE[cause].join(','));
  return (await db.query(BEGIN_AUTOMATIC, [REDRIVE_CAUSES, lists])).length;
}
