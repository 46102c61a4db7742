import type { TenantId } from '@parley/domain';
import type { Statement, SystemDb } from '../system-db.js';

export interface KeyRow {
  tenantId: TenantId;
  keyId: string;
  secretHash: Buffer;
  scopes: string[];
}

export interface AppRow {
  id: string;
  tenantId: TenantId | null;
  metaAppId: string;
  version: number;
  secretsSealed: string;
}

const KEY: Statement = {
  name: 'access.key',
  text: `
    SELECT k.tenant_id AS "tenantId", k.key_id AS "keyId", k.secret_hash AS "secretHash", k.scopes
      FROM api_keys k JOIN tenants t ON t.id = k.tenant_id AND t.state = 'ACTIVE'
     WHERE k.key_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`,
};

const USER: Statement = {
  name: 'access.user',
  text: `
    SELECT t.id AS "tenantId", u.state AS "userState"
      FROM tenants t LEFT JOIN users u ON u.tenant_id = t.id AND u.subject = $2
     WHERE t.id = $1 AND t.state = 'ACTIVE'`,
};

const APP: Statement = {
  name: 'access.app',
  text: `SELECT id, tenant_id AS "tenantId", meta_app_id AS "metaAppId", version, secrets_sealed AS "secretsSealed" FROM apps WHERE meta_app_id = $1`,
};

const TOKEN: Statement = {
  name: 'access.token',
  text: `
    SELECT tenant_id AS "tenantId", id, token_version AS version, token_sealed AS sealed
      FROM accounts WHERE tenant_id = $1 AND id = $2`,
};

const WABA: Statement = {
  name: 'access.waba',
  text: `SELECT waba_id AS "wabaId" FROM accounts WHERE tenant_id = $1 AND id = $2`,
};

export interface SealedToken {
  tenantId: string;
  id: string;
  version: number;
  sealed: string;
}

/** Who may come in, and with which secrets we go out: the look-ups that come before any tenant is known. */
export class AccessLookups {
  constructor(private readonly db: SystemDb) {}

  /** A key that is neither revoked nor expired, of a tenant that is active. */
  async key(keyId: string): Promise<KeyRow | null> {
    return (await this.db.query<KeyRow>(KEY, [keyId]))[0] ?? null;
  }

  /** The tenant of a JWT, and the state of its user where one is registered; null for an unknown or suspended tenant. */
  async tenantUser(tenantId: string, subject: string): Promise<{ tenantId: TenantId; userState: string | null } | null> {
    return (await this.db.query<{ tenantId: TenantId; userState: string | null }>(USER, [tenantId, subject]))[0] ?? null;
  }

  async app(metaAppId: string): Promise<AppRow | null> {
    return (await this.db.query<AppRow>(APP, [metaAppId]))[0] ?? null;
  }

  /** Meta's id of an account of the tenant. */
  async wabaIdOf(tenantId: string, accountId: string): Promise<string | null> {
    return (await this.db.query<{ wabaId: string }>(WABA, [tenantId, accountId]))[0]?.wabaId ?? null;
  }

  async sealedToken(tenantId: string, accountId: string): Promise<SealedToken | null> {
    return (await this.db.query<SealedToken>(TOKEN, [tenantId, accountId]))[0] ?? null;
  }
}
