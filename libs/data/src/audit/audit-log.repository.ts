import type { TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';
import type { TenantTx } from '../tenant-db.js';

/** A change that somebody made and may have to answer for. No secrets and no personal data in it. */
export interface AuditEntry {
  /** null for what concerns the platform alone. */
  tenantId: TenantId | null;
  /** `platform`, `key:<key id>` or `user:<sub>`. */
  actor: string;
  /** What was done: `quota.changed`. */
  action: string;
  /** To what: `tenant:<id>`. */
  target: string;
  before: object | null;
  after: object | null;
}

const WRITE: Statement = {
  name: 'audit.write',
  text: 'INSERT INTO audit_log (tenant_id, actor, action, target, before, after) VALUES ($1, $2, $3, $4, $5, $6)',
};

/** Writes an entry together with the change itself: in the transaction that makes it. */
export async function writeAudit(tx: SystemQueries, { tenantId, actor, action, target, before, after }: AuditEntry): Promise<void> {
  await tx.query(WRITE, [tenantId, actor, action, target, jsonOf(before), jsonOf(after)]);
}

/** The same inside a tenant's transaction. */
export async function writeTenantAudit(tx: TenantTx, entry: AuditEntry & { tenantId: TenantId }): Promise<void> {
  const { tenantId, actor, action, target, before, after } = entry;
  await tx.$executeRaw`INSERT INTO audit_log (tenant_id, actor, action, target, before, after)
    VALUES (${tenantId}::uuid, ${actor}, ${action}, ${target}, ${jsonOf(before)}::json, ${jsonOf(after)}::json)`;
}

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
