import type { TenantId } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

/** A tenant as the platform sees it. */
export interface TenantRow {
  id: TenantId;
  name: string;
  state: string;
  whatsappEnabled: boolean;
  echoEnabled: boolean;
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
  ${table}.id, ${table}.name, ${table}.state, ${table}.whatsapp_enabled AS "whatsappEnabled",
  ${table}.echo_enabled AS "echoEnabled", ${table}.created_at AS "createdAt", ${table}.updated_at AS "updatedAt"`;

const CREATE: Statement = {
  name: 'tenants.create',
  text: `
    WITH tenant AS (INSERT INTO tenants (name, echo_enabled) VALUES ($1, $2) RETURNING *),
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

/** Tenants as the platform's operators work on them: above row level security. */
export class TenantsRepository {
  constructor(private readonly db: SystemDb) {}

  /** A tenant and its first key, in one statement. */
  async create(tenant: { name: string; echoEnabled: boolean }, key: NewKeyRow): Promise<TenantRow> {
    const values = [tenant.name, tenant.echoEnabled, key.name, key.keyId, key.secretHash, key.checksum, key.scopes];
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
}
