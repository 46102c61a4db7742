import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemDb, SystemTx } from '../system-db.js';

/** A template as Meta lists it, in our words. */
export interface ListedTemplate {
  metaId: string;
  name: string;
  /** Normalised: `en_US`. */
  language: string;
  category: string;
  status: string;
  parameterFormat: string;
  /** JSON text. */
  components: string;
  quality: string;
  rejectedReason: string | null;
}

/** A row that a sync wrote. */
export interface SyncedTemplate {
  id: string;
  name: string;
  language: string;
  /** The status before; null for a template that was not known. */
  before: string | null;
  status: string;
  /** Meta lists it no longer. */
  removed: boolean;
}

/** An account and what opens it. */
export interface SyncAccount {
  tenantId: TenantId;
  accountId: string;
  wabaId: string;
  tokenVersion: number;
  tokenSealed: string;
}

/** The reason of a template that is DISABLED because Meta lists it no longer. */
export const TEMPLATE_REMOVED = 'REMOVED';

// Two syncs of one account take turns, so that neither judges what the other has changed meanwhile.
const LOCK_ACCOUNT: Statement = {
  name: 'templates.lock-account',
  text: `SELECT id FROM accounts WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
};

// Rows that are as Meta lists them are not written: their version (xmin) stays, and with it every cache of them.
// DRAFT rows are ours alone; Meta cannot list them yet.
const SYNC: Statement = {
  name: 'templates.sync',
  text: `
    WITH account AS MATERIALIZED (
      SELECT tenant_id, id FROM accounts WHERE tenant_id = $1 AND id = $2
    ), input AS MATERIALIZED (
      SELECT a.tenant_id, a.id AS account_id, i.*
        FROM account a
       CROSS JOIN unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
                    AS i (meta_id, name, language, category, status, parameter_format, components, quality, rejected_reason)
    ), known AS MATERIALIZED (
      SELECT t.id, t.status FROM templates t JOIN account a ON t.tenant_id = a.tenant_id AND t.account_id = a.id
    ), written AS (
      INSERT INTO templates AS t (tenant_id, account_id, meta_id, name, language, category, status, parameter_format, components, quality, rejected_reason)
      SELECT tenant_id, account_id, meta_id, name, language, category, status, parameter_format, components::json, quality, rejected_reason
        FROM input ORDER BY name, language
      ON CONFLICT (tenant_id, account_id, name, language) DO UPDATE
        SET meta_id = excluded.meta_id, category = excluded.category, status = excluded.status, parameter_format = excluded.parameter_format,
            components = excluded.components, quality = excluded.quality, rejected_reason = excluded.rejected_reason,
            synced_at = now(), updated_at = now()
        WHERE (t.meta_id, t.category, t.status, t.parameter_format, t.components::text, t.quality, t.rejected_reason)
              IS DISTINCT FROM (excluded.meta_id, excluded.category, excluded.status, excluded.parameter_format, excluded.components::text,
                                excluded.quality, excluded.rejected_reason)
      RETURNING t.tenant_id, t.id, t.name, t.language, t.status
    ), gone AS (
      UPDATE templates t SET status = 'DISABLED', rejected_reason = '${TEMPLATE_REMOVED}', synced_at = now(), updated_at = now()
        FROM account a
       WHERE t.tenant_id = a.tenant_id AND t.account_id = a.id AND t.status NOT IN ('DRAFT', 'DISABLED')
         AND NOT EXISTS (SELECT FROM input i WHERE i.name = t.name AND i.language = t.language)
      RETURNING t.tenant_id, t.id, t.name, t.language, t.status
    ), moved AS (
      SELECT w.*, k.status AS before, false AS removed FROM written w LEFT JOIN known k ON k.id = w.id
      UNION ALL
      SELECT g.*, k.status, true FROM gone g JOIN known k ON k.id = g.id
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.template_' || lower(status), 'template', id,
             json_build_object('templateId', id, 'name', name, 'language', language, 'before', before, 'status', status)
        FROM moved
       WHERE before IS NOT NULL AND before <> status AND status IN ('APPROVED', 'REJECTED', 'PAUSED', 'DISABLED')
    )
    SELECT id, name, language, before, status, removed FROM moved ORDER BY name, language`,
};

const MARK_SYNCED: Statement = {
  name: 'templates.mark-synced',
  text: `UPDATE phone_numbers SET synced_at = now() WHERE tenant_id = $1 AND account_id = $2`,
};

const ACCOUNT_OF_NUMBER: Statement = {
  name: 'templates.account-of-number',
  text: `
    SELECT a.tenant_id AS "tenantId", a.id AS "accountId", a.waba_id AS "wabaId", a.token_version AS "tokenVersion", a.token_sealed AS "tokenSealed"
      FROM phone_numbers n JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id
     WHERE n.id = $1`,
};

const DUE: Statement = {
  name: 'templates.due',
  text: `
    SELECT DISTINCT ON (tenant_id, account_id) id
      FROM phone_numbers
     WHERE synced_at <= now() - make_interval(hours => $1)
     ORDER BY tenant_id, account_id, id`,
};

/**
 * Makes the templates of one account those that Meta lists: new ones are added, changed ones written, those that are
 * gone become DISABLED. Answers the rows that it wrote; unchanged ones are left alone. `listed` must be Meta's whole
 * list, with one entry per name and language.
 */
export async function syncTemplates(
  tx: SystemTx,
  tenantId: TenantId,
  accountId: string,
  listed: readonly ListedTemplate[],
): Promise<SyncedTemplate[]> {
  await tx.query(LOCK_ACCOUNT, [tenantId, accountId]);
  const rows = await tx.query<SyncedTemplate>(SYNC, [
    tenantId,
    accountId,
    ...columns(
      listed,
      (t) => t.metaId, (t) => t.name, (t) => t.language, (t) => t.category, (t) => t.status, (t) => t.parameterFormat, (t) => t.components,
      (t) => t.quality, (t) => t.rejectedReason,
    ),
  ]);
  await tx.query(MARK_SYNCED, [tenantId, accountId]);
  return rows;
}

/** The account of a number, with its sealed token; null for a number that is not connected. */
export async function syncAccountOfNumber(db: SystemDb, numberId: string): Promise<SyncAccount | null> {
  return (await db.query<SyncAccount>(ACCOUNT_OF_NUMBER, [numberId]))[0] ?? null;
}

/** One number of each account whose templates were last read longer ago than this. */
export async function numbersDueForSync(db: SystemDb, olderThanHours: number): Promise<string[]> {
  return (await db.query<{ id: string }>(DUE, [olderThanHours])).map((row) => row.id);
}
