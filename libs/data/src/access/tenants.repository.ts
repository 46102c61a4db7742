import type { TenantId } from '@parley/domain';
import { writeAudit } from '../audit/audit-log.repository.js';
import type { Statement, SystemDb } from '../system-db.js';
import { isModuleOn, type ModuleChoice, type ModulePolicy } from './module-flag.repository.js';

/** A tenant as the platform sees it. */
export interface TenantRow {
  id: TenantId;
  name: string;
  state: string;
  whatsappEnabled: boolean;
  moduleChoice: ModuleChoice;
  echoEnabled: boolean;
  timeZone: string;
  onUnknown: unknown;
  autoRedrive: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** The stored side of an API key. */
export interface NewKeyRow {
  name: string;
  keyId: string;
  secretHash: Uint8Array;
  checksum: string;
  scopes: readonly string[];
}

const COLUMNS = (table: string): string => `
  ${table}.id, ${table}.name, ${table}.state, ${table}.whatsapp_enabled AS "whatsappEnabled", ${table}.module_choice AS "moduleChoice",
  ${table}.echo_enabled AS "echoEnabled", ${table}.time_zone AS "timeZone", ${table}.on_unknown AS "onUnknown", ${table}.auto_redrive AS "autoRedrive",
  ${table}.created_at AS "createdAt", ${table}.updated_at AS "updatedAt"`;

const CREATE: Statement = {
  name: 'tenants.create',
  text: `
    WITH made AS MATERIALIZED (SELECT uuid_v7() AS id),
         tenant AS (INSERT INTO tenants (id, name, echo_enabled, whatsapp_enabled)
                    SELECT id, $1, $2, ${isModuleOn({ choice: 'NULL::text', id: 'id', on: '$8', share: '$9' })} FROM made RETURNING *),
         key AS (INSERT INTO api_keys (tenant_id, name, key_id, secret_hash, checksum, scopes)
                 SELECT id, $3, $4, $5, $6, $7::text[] FROM tenant)
    SELECT ${COLUMNS('tenant')} FROM tenant`,
};

const LIST: Statement = {
  name: 'tenants.list',
  text: `SELECT ${COLUMNS('t')} FROM tenants t WHERE $1::uuid IS NULL OR t.id < $1 ORDER BY t.id DESC LIMIT $2`,
};

const FIND: Statement = {
  name: 'tenants.find',
  text: `SELECT ${COLUMNS('t')} FROM tenants t WHERE t.id = $1`,
};

const WEIGH: Statement = {
  name: 'tenants.weigh',
  text: `
    UPDATE tenants t SET weight = $2, updated_at = now()
      FROM (SELECT id, weight FROM tenants WHERE id = $1 FOR UPDATE) b
     WHERE t.id = b.id
    RETURNING b.weight AS before`,
};

/** Tenants as the platform's operators work on them: above row level security. */
export class TenantsRepository {
  constructor(private readonly db: SystemDb) {}

  /** A tenant and its first key, in one statement. */
  async create(tenant: { name: string; echoEnabled: boolean }, key: NewKeyRow, module: ModulePolicy): Promise<TenantRow> {
    const values = [tenant.name, tenant.echoEnabled, key.name, key.keyId, key.secretHash, key.checksum, key.scopes, module.isOn, module.share];
    const [row] = await this.db.query<TenantRow>(CREATE, values);
    if (!row) throw new Error('The statement returned no tenant');
    return row;
  }

  /** By id, newest first, at most `take`, below `before`. */
  list(window: { take: number; before: string | undefined }): Promise<TenantRow[]> {
    return this.db.query<TenantRow>(LIST, [window.before ?? null, window.take]);
  }

  async find(id: string): Promise<TenantRow | null> {
    return (await this.db.query<TenantRow>(FIND, [id]))[0] ?? null;
  }

  /** Sets a tenant's share of the workers, with a line in the audit log. False where there is no such tenant. */
  async weigh(id: string, weight: number, actor: string): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const [row] = await tx.query<{ before: number }>(WEIGH, [id, weight]);
      if (!row) return false;
      const change = { before: { weight: row.before }, after: { weight } };
      await writeAudit(tx, { tenantId: id as TenantId, actor, action: 'weight.changed', target: `tenant:${id}`, ...change });
      return true;
    });
  }
}
