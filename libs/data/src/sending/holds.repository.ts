import type { TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** What may be held as a whole. */
export const HOLD_SCOPES = ['number', 'account', 'template', 'tenant', 'app'] as const;

export type HoldScope = (typeof HOLD_SCOPES)[number];

/** Why: wait causes (`WAIT_CAUSES`) that concern more than one message. */
export const HOLD_CAUSES = ['pause', 'credential', 'account', 'template', 'breaker', 'throttle'] as const;

export type HoldCause = (typeof HOLD_CAUSES)[number];

export interface HoldToBegin {
  tenantId: TenantId | string;
  scope: HoldScope;
  /** The number, account or template; with `tenant` and `app` the tenant itself is held, whatever stands here. */
  scopeId: string;
  cause: HoldCause;
  /** Stable, for programs and people: `credential.invalid`, or what a person wrote. */
  reason: string;
  /** Who: `system`, `meta`, or the caller's name. */
  actor: string;
  /** For so many milliseconds from now, by the database's clock; null: until somebody lifts it. */
  untilMs: number | null;
}

export type HoldToEnd = Pick<HoldToBegin, 'tenantId' | 'scope' | 'scopeId' | 'actor'> & {
  /** Without it every hold of the scope ends. */
  cause?: HoldCause;
};

/** What the end of holds set free. */
export interface EndedHolds {
  /** Numbers that nothing holds any more: wake them. */
  numberIds: string[];
}

/** Holds that one statement closes at most. */
const CHUNK = 500;

/** SQL: whether a hold is open now. @param h alias of a row of holds */
export const isOpen = (h: string): string => `${h}.ended_at IS NULL AND (${h}.until IS NULL OR ${h}.until > now())`;

/** SQL: the ids under which a number can be held. @param n alias of a row of phone_numbers */
export const holdIds = (n: string): string => `ARRAY[${n}.id, ${n}.account_id, ${n}.tenant_id]`;

/**
 * SQL: whether nothing holds a number: no open hold of it, its account, its tenant or the app, and a tenant that may send.
 * @param n alias of a row of phone_numbers
 */
export const isFreeToSend = (n: string): string => `
  (SELECT true FROM holds h WHERE h.tenant_id = ${n}.tenant_id AND h.scope_id = ANY (${holdIds(n)}) AND ${isOpen('h')} LIMIT 1) IS NULL
  AND (SELECT t.whatsapp_enabled AND t.state = 'ACTIVE' FROM tenants t WHERE t.id = ${n}.tenant_id)`;

const NUMBERS_OF = `n.tenant_id = h.tenant_id AND h.scope_id IN (n.id, n.account_id, n.tenant_id)`;

// A hold that is open already lasts until the later of both ends; the word of a person, or of Meta on an account, replaces
// the one before.
const BEGIN: Statement = {
  name: 'holds.begin',
  text: `
    WITH wanted AS (
      SELECT $1::uuid AS tenant_id, $2::text AS scope, $3::uuid AS scope_id, now() + make_interval(secs => $7::float8 / 1000) AS until
       WHERE CASE $2
         WHEN 'number' THEN (SELECT true FROM phone_numbers WHERE tenant_id = $1 AND id = $3)
         WHEN 'account' THEN (SELECT true FROM accounts WHERE tenant_id = $1 AND id = $3)
         WHEN 'template' THEN (SELECT true FROM templates WHERE tenant_id = $1 AND id = $3)
         ELSE $1 = $3 END
    ), lapsed AS (
      UPDATE holds h SET ended_at = h.until, ended_by = 'system'
        FROM wanted w
       WHERE h.tenant_id = w.tenant_id AND h.scope_id = w.scope_id AND h.scope = w.scope AND h.cause = $4
         AND h.ended_at IS NULL AND h.until <= now()
      RETURNING h.id
    ), begun AS (
      INSERT INTO holds AS h (tenant_id, scope, scope_id, cause, reason, actor, until)
      SELECT w.tenant_id, w.scope, w.scope_id, $4, $5, $6, w.until FROM wanted w WHERE (SELECT count(*) FROM lapsed) >= 0
      ON CONFLICT (tenant_id, scope_id, scope, cause) WHERE ended_at IS NULL
        DO UPDATE SET reason = excluded.reason, actor = excluded.actor,
             until = CASE WHEN h.cause IN ('pause', 'account') THEN excluded.until
                          WHEN h.until IS NOT NULL AND excluded.until IS NOT NULL THEN greatest(h.until, excluded.until) END
      RETURNING h.*, (xmax = 0) AS is_new
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT n.tenant_id, 'whatsapp.number_paused', 'number', n.id,
             json_build_object('numberId', n.id, 'until', h.until, 'reason', h.reason, 'cause', h.cause, 'scope', h.scope)
        FROM begun h JOIN phone_numbers n ON ${NUMBERS_OF}
       WHERE h.is_new
    )
    SELECT is_new AS "isNew" FROM begun`,
};

/** Ends those holds, and publishes which numbers nothing holds any more. @param ended SQL of an UPDATE that returns holds */
const end = (ended: string) => `
    WITH ended AS (${ended}), freed AS (
      SELECT DISTINCT n.tenant_id, n.id FROM ended h JOIN phone_numbers n ON ${NUMBERS_OF}
       WHERE (SELECT true FROM holds o WHERE o.tenant_id = n.tenant_id AND o.scope_id = ANY (${holdIds('n')}) AND ${isOpen('o')}
                 AND o.id NOT IN (SELECT id FROM ended) LIMIT 1) IS NULL
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.number_resumed', 'number', id, json_build_object('numberId', id) FROM freed
    )
    SELECT (SELECT count(*)::int FROM ended) AS count, ARRAY(SELECT id FROM freed) AS "numberIds"`;

const END: Statement = {
  name: 'holds.end',
  text: end(`
      UPDATE holds SET ended_at = least(now(), until), ended_by = $5
       WHERE tenant_id = $1 AND scope_id = $3 AND scope = $2 AND ($4::text IS NULL OR cause = $4) AND ended_at IS NULL
      RETURNING tenant_id, id, scope_id`),
};

const CLOSE_LAPSED: Statement = {
  name: 'holds.close-lapsed',
  text: end(`
      UPDATE holds h SET ended_at = h.until, ended_by = 'system'
        FROM (SELECT tenant_id, id FROM holds WHERE ended_at IS NULL AND until IS NOT NULL AND until <= now()
               ORDER BY until LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED) l
       WHERE h.tenant_id = l.tenant_id AND h.id = l.id
      RETURNING h.tenant_id, h.id, h.scope_id`),
};

/**
 * What stops more than one message: one row, however many messages stand behind it. The messages of a held number stay
 * QUEUED; those of a held template are WAITING.
 */
export class Holds {
  constructor(private readonly db: SystemQueries) {}

  /** True when it was not held for this cause before; false when it was (the hold now lasts longer), or is not the tenant's. */
  async begin({ tenantId, scope, scopeId, cause, reason, actor, untilMs }: HoldToBegin): Promise<boolean> {
    const [row] = await this.db.query<{ isNew: boolean }>(BEGIN, [tenantId, scope, heldId(tenantId, scope, scopeId), cause, reason, actor, untilMs]);
    return row?.isNew ?? false;
  }

  /** Null when nothing was held. */
  async end({ tenantId, scope, scopeId, cause, actor }: HoldToEnd): Promise<EndedHolds | null> {
    const [row] = await this.db.query<EndedHolds & { count: number }>(END, [tenantId, scope, heldId(tenantId, scope, scopeId), cause ?? null, actor]);
    return row && row.count > 0 ? { numberIds: row.numberIds } : null;
  }

  /** Closes the holds whose time is over, some at a time. Null when there is none. */
  async closeLapsed(): Promise<EndedHolds | null> {
    const [row] = await this.db.query<EndedHolds & { count: number }>(CLOSE_LAPSED);
    return row && row.count > 0 ? { numberIds: row.numberIds } : null;
  }
}

function heldId(tenantId: string, scope: HoldScope, scopeId: string): string {
  return scope === 'tenant' || scope === 'app' ? tenantId : scopeId;
}
