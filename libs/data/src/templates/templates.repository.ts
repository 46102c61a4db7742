import { TEMPLATE_REMOVED, type TemplateFacts, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemDb, SystemQueries, SystemTx } from '../system-db.js';
import { applyTemplateFacts, type ChangedTemplate } from './template-facts.repository.js';

/** An account and what opens it. */
export interface SyncAccount {
  tenantId: TenantId;
  accountId: string;
  wabaId: string;
}

/** An account of Meta's as one tenant has it. */
export interface RoutedAccount {
  tenantId: TenantId;
  id: string;
  wabaId: string;
  /** Whether the tenant's module is on. */
  enabled: boolean;
}

// What Meta lists no longer is over. A draft, or one whose answer is still awaited, was never in the list.
const GONE: Statement = {
  name: 'templates.gone',
  text: `
    SELECT t.meta_id AS "metaId", t.name, t.language FROM templates t
     WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.meta_id IS NOT NULL
       AND (t.status, t.rejected_reason) IS DISTINCT FROM ('DISABLED', '${TEMPLATE_REMOVED}')
       AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS i (name, language) WHERE i.name = t.name AND i.language = t.language)`,
};

const MARK_LISTED: Statement = {
  name: 'templates.mark-listed',
  text: `UPDATE accounts SET templates_listed_at = greatest(templates_listed_at, $3) WHERE tenant_id = $1 AND id = $2`,
};

const MARK_SYNCED: Statement = {
  name: 'templates.mark-synced',
  text: `UPDATE phone_numbers SET synced_at = now() WHERE tenant_id = $1 AND account_id = $2`,
};

const ACCOUNT_OF_NUMBER: Statement = {
  name: 'templates.account-of-number',
  text: `
    SELECT a.tenant_id AS "tenantId", a.id AS "accountId", a.waba_id AS "wabaId"
      FROM phone_numbers n JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id
     WHERE n.id = $1`,
};

const ROUTE_ACCOUNTS: Statement = {
  name: 'templates.route-accounts',
  text: `
    SELECT a.tenant_id AS "tenantId", a.id, a.waba_id AS "wabaId",
           (SELECT t.whatsapp_enabled FROM tenants t WHERE t.id = a.tenant_id) AS enabled
      FROM unnest($1::text[]) AS i (waba_id) JOIN accounts a ON a.waba_id = i.waba_id
     ORDER BY a.tenant_id, a.id`,
};

// What asks for a sync wakes the job by one of these numbers; the look at what is due finds it where the job was lost.
const WANT_SYNC: Statement = {
  name: 'templates.want-sync',
  text: `
    UPDATE phone_numbers n SET synced_at = to_timestamp(0)
      FROM (SELECT DISTINCT tenant_id, account_id FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, account_id)) i
     WHERE n.tenant_id = i.tenant_id AND n.account_id = i.account_id
    RETURNING n.id, n.account_id AS "accountId"`,
};

const DROP_DRAFT: Statement = {
  name: 'templates.drop-draft',
  text: `
    WITH dropped AS (
      UPDATE templates SET status = 'DISABLED', rejected_reason = '${TEMPLATE_REMOVED}', updated_at = now()
       WHERE tenant_id = $1 AND id = $2 AND status = 'DRAFT'
      RETURNING tenant_id, id, name, language, status
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.template_disabled', 'template', id,
             json_build_object('templateId', id, 'name', name, 'language', language, 'before', 'DRAFT', 'status', status)
        FROM dropped
    )
    SELECT tenant_id AS "tenantId", id, name, language, 'DRAFT' AS before, status, true AS removed FROM dropped`,
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
 * list, with one entry per name and language, as it was at `listedAt`.
 */
export async function syncTemplates(
  tx: SystemTx,
  tenantId: TenantId,
  accountId: string,
  listed: readonly TemplateFacts[],
  listedAt: Date,
): Promise<ChangedTemplate[]> {
  const facts = listed.map((one) => ({ tenantId, accountId, facts: one }));
  const changed = await applyTemplateFacts(tx, facts);
  const gone = await tx.query<Gone>(GONE, [tenantId, accountId, ...columns(listed, (t) => t.name, (t) => t.language)]);
  const removed = await applyTemplateFacts(tx, gone.map((one) => ({ tenantId, accountId, facts: removal(one, listedAt) })));
  await tx.query(MARK_LISTED, [tenantId, accountId, listedAt]);
  await tx.query(MARK_SYNCED, [tenantId, accountId]);
  return [...changed, ...removed];
}

type Gone = Pick<TemplateFacts, 'metaId' | 'name' | 'language'>;

/** What is to be said of a template that Meta does not have any more. */
export function removal({ metaId, name, language }: Gone, at: Date): TemplateFacts {
  return { metaId, name, language, status: { at, value: 'DISABLED', reason: TEMPLATE_REMOVED }, category: null, quality: null, components: null };
}

/** The account of a number, with its sealed token; null for a number that is not connected. */
export async function syncAccountOfNumber(db: SystemDb, numberId: string): Promise<SyncAccount | null> {
  return (await db.query<SyncAccount>(ACCOUNT_OF_NUMBER, [numberId]))[0] ?? null;
}

/** The accounts of all tenants that have these WABAs. */
export function routeAccounts(db: SystemQueries, wabaIds: readonly string[]): Promise<RoutedAccount[]> {
  return db.query<RoutedAccount>(ROUTE_ACCOUNTS, [wabaIds]);
}

/** Makes the sync of accounts due at once. @returns a number of each, by which the job is woken */
export async function wantSync(db: SystemQueries, accounts: readonly { tenantId: TenantId; id: string }[]): Promise<string[]> {
  const rows = await db.query<{ id: string; accountId: string }>(WANT_SYNC, columns(accounts, (a) => a.tenantId, (a) => a.id));
  return [...new Map(rows.map(({ accountId, id }) => [accountId, id])).values()];
}

/** Drops a draft: it stays readable, as a template that Meta does not have. Empty when it is no draft any more. */
export function dropDraft(db: SystemQueries, tenantId: TenantId, id: string): Promise<ChangedTemplate[]> {
  return db.query<ChangedTemplate>(DROP_DRAFT, [tenantId, id]);
}

/** One number of each account whose templates were last read longer ago than this. */
export async function numbersDueForSync(db: SystemDb, olderThanHours: number): Promise<string[]> {
  return (await db.query<{ id: string }>(DUE, [olderThanHours])).map((row) => row.id);
}
