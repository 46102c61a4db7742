import type { Statement, SystemDb } from '../system-db.js';

/** A Meta app without its secrets. */
export interface MetaAppRow {
  id: string;
  tenantId: string | null;
  metaAppId: string;
  name: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `id, tenant_id AS "tenantId", meta_app_id AS "metaAppId", name, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

const NEXT_ID: Statement = { name: 'platform-apps.next-id', text: 'SELECT uuid_v7() AS id' };

const ADD: Statement = {
  name: 'platform-apps.add',
  text: `INSERT INTO apps (id, tenant_id, meta_app_id, name, secrets_sealed) VALUES ($1, NULL, $2, $3, $4) RETURNING ${COLUMNS}`,
};

const LIST: Statement = {
  name: 'platform-apps.list',
  text: `SELECT ${COLUMNS} FROM apps WHERE tenant_id IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
};

const FIND: Statement = {
  name: 'platform-apps.find',
  text: `SELECT ${COLUMNS} FROM apps WHERE tenant_id IS NULL AND id = $1`,
};

const REPLACE_SECRETS: Statement = {
  name: 'platform-apps.replace-secrets',
  text: `
    UPDATE apps SET secrets_sealed = $3, version = version + 1, updated_at = now()
     WHERE tenant_id IS NULL AND id = $1 AND version = $2 RETURNING ${COLUMNS}`,
};

/** The platform's own Meta apps, which may speak for every tenant. Tenants' apps are reached through TenantDb only. */
export class PlatformAppsRepository {
  constructor(private readonly db: SystemDb) {}

  /** The id of an app that is about to be added: its secrets are sealed for it before there is a row. */
  async nextId(): Promise<string> {
    const [row] = await this.db.query<{ id: string }>(NEXT_ID);
    if (!row) throw new Error('The statement returned no id');
    return row.id;
  }

  /** Throws a unique violation when anybody has an app of this id of Meta's. */
  async add(app: { id: string; metaAppId: string; name: string; secretsSealed: string }): Promise<MetaAppRow> {
    const [row] = await this.db.query<MetaAppRow>(ADD, [app.id, app.metaAppId, app.name, app.secretsSealed]);
    if (!row) throw new Error('The statement returned no app');
    return row;
  }

  /** By id, newest first, at most `take`, below `before`. */
  list(window: { take: number; before: string | undefined }): Promise<MetaAppRow[]> {
    return this.db.query<MetaAppRow>(LIST, [window.before ?? null, window.take]);
  }

  async find(id: string): Promise<MetaAppRow | null> {
    return (await this.db.query<MetaAppRow>(FIND, [id]))[0] ?? null;
  }

  /** Compare and set by version; null when another change came first. */
  async replaceSecrets(id: string, version: number, secretsSealed: string): Promise<MetaAppRow | null> {
    return (await this.db.query<MetaAppRow>(REPLACE_SECRETS, [id, version, secretsSealed]))[0] ?? null;
  }
}
