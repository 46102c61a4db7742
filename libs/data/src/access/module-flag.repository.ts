import type { TenantId } from '@parley/domain';
import { writeAudit } from '../audit/audit-log.repository.js';
import { TENANT_DISABLED } from '../inbound/ledger.repository.js';
import type { Statement, SystemDb } from '../system-db.js';

/** The platform's default: whether the module is on at all, and for which share of the tenants without a choice of their own. */
export interface ModulePolicy {
  readonly isOn: boolean;
  /** 0 to 100. A share that grows keeps whom it had. */
  readonly share: number;
}

/** `on` or `off` for this tenant whatever the default says; null: the default. */
export type ModuleChoice = 'on' | 'off' | null;

/** Tenants whose module was switched, and how many items of webhooks became due by it. */
export interface SwitchedModules {
  on: string[];
  off: string[];
  replayed: number;
}

/** SQL: a tenant's place between 0 and 99, the same for ever and on every server. */
const place = (id: string): string =>
  `((get_byte(sha256(uuid_send(${id})), 0) * 65536 + get_byte(sha256(uuid_send(${id})), 1) * 256 + get_byte(sha256(uuid_send(${id})), 2)) % 100)`;

/**
 * SQL: whether the module is on for a tenant.
 * @param on a boolean parameter: the default @param share an integer parameter
 */
export const isModuleOn = ({ choice, id, on, share }: Record<'choice' | 'id' | 'on' | 'share', string>): string =>
  `CASE ${choice} WHEN 'on' THEN true WHEN 'off' THEN false ELSE ${on}::boolean AND ${place(id)} < ${share}::int END`;

/** Items that one statement makes due at most: it has to end within its timeout, however long a module was off. */
const CHUNK = 10_000;

// What came in while a module was off is due in the same statement that switches it on; what is beyond a chunk soon after it.
const replayed = (tenants: string): string => `
      UPDATE webhook_items w SET state = 'RETRY', attempts = 0, next_at = now(), updated_at = now()
        FROM (SELECT i.id FROM (${tenants}) t
               CROSS JOIN LATERAL (SELECT i.id FROM webhook_items i
                                    WHERE i.tenant_id = t.id AND i.state = 'UNROUTED' AND i.error = '${TENANT_DISABLED}' LIMIT ${CHUNK}) i
               LIMIT ${CHUNK}) d
       WHERE w.id = d.id
      RETURNING w.id`;

const switched = (chosen: string): string => `
    WITH wanted AS MATERIALIZED (${chosen}), switched AS (
      UPDATE tenants t SET whatsapp_enabled = w.is_on, module_choice = w.choice, updated_at = now()
        FROM wanted w WHERE t.id = w.id
      RETURNING t.id, t.whatsapp_enabled AS is_on, w.was_on, w.choice_before
    ), replayed AS (${replayed('SELECT id FROM switched WHERE is_on AND NOT was_on')})`;

const APPLY: Statement = {
  name: 'module.apply',
  text: `${switched(`
      SELECT t.id, NOT t.whatsapp_enabled AS is_on, t.whatsapp_enabled AS was_on, t.module_choice AS choice, t.module_choice AS choice_before FROM tenants t
       WHERE t.whatsapp_enabled <> (${isModuleOn({ choice: 't.module_choice', id: 't.id', on: '$1', share: '$2' })})
       ORDER BY t.id FOR UPDATE`)}
    SELECT ARRAY(SELECT id FROM switched WHERE is_on ORDER BY id) AS "on", ARRAY(SELECT id FROM switched WHERE NOT is_on ORDER BY id) AS off,
           (SELECT count(*)::int FROM replayed) AS replayed`,
};

const CHOOSE: Statement = {
  name: 'module.choose',
  text: `${switched(`
      SELECT t.id, ${isModuleOn({ choice: '$4::text', id: 't.id', on: '$1', share: '$2' })} AS is_on, t.whatsapp_enabled AS was_on,
             $4::text AS choice, t.module_choice AS choice_before
        FROM tenants t WHERE t.id = $3 FOR UPDATE`)}
    SELECT is_on AS "isOn", was_on AS "wasOn", choice_before AS before, (SELECT count(*)::int FROM replayed) AS replayed FROM switched`,
};

const REPLAY_ENABLED: Statement = {
  name: 'module.replay-enabled',
  text: `
    WITH replayed AS (${replayed(`
      SELECT t.id FROM (SELECT DISTINCT w.tenant_id FROM webhook_items w WHERE w.state = 'UNROUTED' AND w.error = '${TENANT_DISABLED}') d
        JOIN tenants t ON t.id = d.tenant_id AND t.whatsapp_enabled`)})
    SELECT count(*)::int AS replayed FROM replayed`,
};

/** The feature flag `enable_whatsapp_module`: derived for every tenant, and kept right here. */
export class ModuleFlag {
  constructor(
    private readonly db: SystemDb,
    private readonly policy: ModulePolicy,
  ) {}

  /** Switches every tenant whose module is not as its choice and the policy want it. */
  async apply(): Promise<SwitchedModules> {
    return (await this.db.query<SwitchedModules>(APPLY, [this.policy.isOn, this.policy.share]))[0]!;
  }

  /**
   * Sets a tenant's choice, with a line in the audit log. Null where there is no such tenant; else whether items of webhooks
   * became due by it.
   */
  async choose(tenantId: string, choice: ModuleChoice, actor: string): Promise<{ replayed: number } | null> {
    return this.db.transaction(async (tx) => {
      const values = [this.policy.isOn, this.policy.share, tenantId, choice];
      const [row] = await tx.query<{ isOn: boolean; wasOn: boolean; before: ModuleChoice; replayed: number }>(CHOOSE, values);
      if (!row) return null;
      const change = { before: { choice: row.before, isOn: row.wasOn }, after: { choice, isOn: row.isOn } };
      await writeAudit(tx, { tenantId: tenantId as TenantId, actor, action: 'module.changed', target: `tenant:${tenantId}`, ...change });
      return { replayed: row.replayed };
    });
  }

  /**
   * Makes due what still waits although its tenant is switched on: what was noted at the very moment of switching, and what
   * was more than a chunk.
   */
  async replayEnabled(): Promise<number> {
    for (let sum = 0; ; ) {
      const replayed = (await this.db.query<{ replayed: number }>(REPLAY_ENABLED))[0]?.replayed ?? 0;
      sum += replayed;
      if (replayed < CHUNK) return sum;
    }
  }
}
