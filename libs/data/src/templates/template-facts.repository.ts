import { mergeFacts, TEMPLATE_REMOVED, TEMPLATE_STATUSES, type TemplateFacts, type TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

/** Facts about a template of one account. */
export interface AccountFacts {
  tenantId: TenantId;
  accountId: string;
  facts: TemplateFacts;
}

/** A template that facts changed. */
export interface ChangedTemplate {
  tenantId: TenantId;
  id: string;
  name: string;
  language: string;
  /** The status before; null for a template that was not known. */
  before: string | null;
  status: string;
  /** Meta has it no longer. */
  removed: boolean;
}

/** Who caused a new version. */
export type VersionOrigin = 'tenant' | 'meta';

// Facts of one account are applied one set at a time, so that none judges what another has changed meanwhile.
const LOCK_ACCOUNTS: Statement = {
  name: 'templates.lock-accounts',
  text: `
    SELECT a.id FROM unnest($1::uuid[], $2::uuid[]) AS i (tenant_id, id)
      JOIN accounts a ON a.tenant_id = i.tenant_id AND a.id = i.id
     ORDER BY a.tenant_id, a.id FOR NO KEY UPDATE OF a`,
};

/** SQL: whether a part of the facts is news. @param part the name that its columns begin with */
const isNews = (part: string, tie = ''): string => `
        (i.${part} IS NOT NULL AND coalesce(i.${part}_at > known.${part}_at OR (i.${part}_at = known.${part}_at${tie}), true))`;

const LATER_STATUS = ` AND array_position('{${TEMPLATE_STATUSES.join(',')}}'::text[], i.status) >= array_position('{${TEMPLATE_STATUSES.join(',')}}'::text[], t.status)`;

/**
 * What Meta said, from its list, a webhook or an answer to us. Each part counts where it is later than what stands here:
 * than its own time, and than the last list, which spoke of every template. So any order ends alike. A row that does not
 * change is not written: its version (xmin) stays, and with it every cache of it.
 * A draft has no id of Meta's: it takes what a list says of its name, or a webhook once it was submitted.
 */
const APPLY: Statement = {
  name: 'templates.apply-facts',
  text: `
    WITH input AS MATERIALIZED (
      SELECT i.*, a.templates_listed_at,
             i.status IS NOT NULL AND i.category IS NOT NULL AND i.components IS NOT NULL AND i.quality IS NOT NULL AS is_whole
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[],
                    $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::text[], $15::text[], $16::timestamptz[])
               AS i (tenant_id, account_id, meta_id, name, language, status, reason, status_at, category, correct_category, category_at,
                     quality, quality_at, components, parameter_format, components_at)
        JOIN accounts a ON a.tenant_id = i.tenant_id AND a.id = i.account_id
    ), judged AS MATERIALIZED (
      SELECT i.*, t.id, t.status AS before, ${isNews('status', LATER_STATUS)} AS status_news, ${isNews('category')} AS category_news,
             ${isNews('quality')} AS quality_news, ${isNews('components')} AS components_news
        FROM input i
        JOIN templates t ON t.tenant_id = i.tenant_id AND t.account_id = i.account_id AND t.name = i.name AND t.language = i.language
       CROSS JOIN LATERAL (
         SELECT greatest(t.status_at, l.at) AS status_at, greatest(t.category_at, l.at) AS category_at, greatest(t.quality_at, l.at) AS quality_at,
                greatest(t.components_at, l.at) AS components_at
           FROM (SELECT i.templates_listed_at AS at) l
       ) known
       WHERE i.is_whole OR t.meta_id = i.meta_id
          OR (t.meta_id IS NULL AND t.submitted_at IS NOT NULL AND i.status IN ('PENDING', 'APPROVED', 'REJECTED'))
    ), next AS MATERIALIZED (
      SELECT j.tenant_id, j.id, j.before, coalesce(j.meta_id, t.meta_id) AS meta_id,
             CASE WHEN j.status_news THEN j.status ELSE t.status END AS status,
             CASE WHEN j.status_news THEN j.reason ELSE t.rejected_reason END AS rejected_reason,
             CASE WHEN j.status_news THEN j.status_at ELSE t.status_at END AS status_at,
             CASE WHEN j.category_news THEN j.category ELSE t.category END AS category,
             CASE WHEN j.category_news AND j.category <> t.category THEN t.category ELSE t.previous_category END AS previous_category,
             CASE WHEN NOT j.category_news OR j.correct_category IS NULL AND j.category = t.category THEN t.correct_category
                  ELSE nullif(j.correct_category, j.category) END AS correct_category,
             CASE WHEN j.category_news THEN j.category_at ELSE t.category_at END AS category_at,
             CASE WHEN j.quality_news THEN j.quality ELSE t.quality END AS quality,
             CASE WHEN j.quality_news THEN j.quality_at ELSE t.quality_at END AS quality_at,
             CASE WHEN j.components_news THEN j.components ELSE t.components::text END AS components,
             CASE WHEN j.components_news THEN j.parameter_format ELSE t.parameter_format END AS parameter_format,
             CASE WHEN j.components_news THEN j.components_at ELSE t.components_at END AS components_at,
             t.version, (j.components_news AND j.components <> t.components::text) OR (j.category_news AND j.category <> t.category) AS is_new_version,
             j.is_whole
        FROM judged j JOIN templates t ON t.tenant_id = j.tenant_id AND t.id = j.id
    ), written AS (
      UPDATE templates t
         SET meta_id = n.meta_id, status = n.status, rejected_reason = n.rejected_reason, status_at = n.status_at, category = n.category,
             previous_category = n.previous_category, correct_category = n.correct_category, category_at = n.category_at, quality = n.quality,
             quality_at = n.quality_at, components = n.components::json, parameter_format = n.parameter_format, components_at = n.components_at,
             version = t.version + CASE WHEN n.is_new_version THEN 1 ELSE 0 END, synced_at = now(), updated_at = now()
        FROM next n
       WHERE t.tenant_id = n.tenant_id AND t.id = n.id
         AND ((t.meta_id, t.status, t.rejected_reason, t.category, t.previous_category, t.correct_category, t.quality, t.components::text, t.parameter_format)
                IS DISTINCT FROM
              (n.meta_id, n.status, n.rejected_reason, n.category, n.previous_category, n.correct_category, n.quality, n.components, n.parameter_format)
              -- The time of a webhook that changed nothing is kept as well; that of a list stands on the account.
              OR NOT n.is_whole AND (t.status_at, t.category_at, t.quality_at, t.components_at)
                                      IS DISTINCT FROM (n.status_at, n.category_at, n.quality_at, n.components_at))
      RETURNING t.tenant_id, t.id, t.name, t.language, n.before, t.status, t.rejected_reason, t.version, t.category, t.components, n.is_new_version
    ), added AS (
      INSERT INTO templates (tenant_id, account_id, meta_id, name, language, category, correct_category, status, parameter_format, components, quality,
                             rejected_reason, status_at, category_at, quality_at, components_at)
      SELECT tenant_id, account_id, meta_id, name, language, category, nullif(correct_category, category), status, parameter_format, components::json, quality,
             reason, status_at, category_at, quality_at, components_at
        FROM input i
       WHERE i.is_whole AND i.status_at >= coalesce(i.templates_listed_at, i.status_at) AND NOT EXISTS (
               SELECT FROM templates t
                WHERE t.tenant_id = i.tenant_id AND t.account_id = i.account_id AND t.name = i.name AND t.language = i.language)
       ORDER BY tenant_id, account_id, name, language
      -- A tenant that made it in this very moment; the next list finds it.
      ON CONFLICT DO NOTHING
      RETURNING tenant_id, id, name, language, NULL::text AS before, status, rejected_reason, version, category, components, true AS is_new_version
    ), moved AS MATERIALIZED (
      SELECT * FROM written UNION ALL SELECT * FROM added
    ), kept AS (
      INSERT INTO template_versions (tenant_id, template_id, version, category, components, origin)
      SELECT tenant_id, id, version, category, components, $17 FROM moved WHERE is_new_version
      ON CONFLICT DO NOTHING
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.template_' || lower(status), 'template', id,
             json_build_object('templateId', id, 'name', name, 'language', language, 'before', before, 'status', status)
        FROM moved
       WHERE before <> status AND status IN ('APPROVED', 'REJECTED', 'PAUSED', 'DISABLED')
    )
    SELECT tenant_id AS "tenantId", id, name, language, before, status, coalesce(rejected_reason = '${TEMPLATE_REMOVED}' AND before <> status, false) AS removed
      FROM moved ORDER BY name, language`,
};

const UNKNOWN: Statement = {
  name: 'templates.unknown',
  text: `
    SELECT i.ord::int - 1 AS place
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS i (tenant_id, account_id, meta_id, name, language, ord)
     WHERE NOT EXISTS (
             SELECT FROM templates t
              WHERE t.tenant_id = i.tenant_id AND t.account_id = i.account_id AND t.name = i.name AND t.language = i.language
                AND coalesce(t.meta_id = i.meta_id, true))`,
};

/** Those of the facts that are about templates which are not here, or not with this id of Meta's. */
export async function unknownTemplates<Facts extends AccountFacts>(tx: SystemTx, given: readonly Facts[]): Promise<Facts[]> {
  if (given.length === 0) return [];
  const rows = await tx.query<{ place: number }>(
    UNKNOWN,
    columns(given, (g) => g.tenantId, (g) => g.accountId, (g) => g.facts.metaId, (g) => g.facts.name, (g) => g.facts.language),
  );
  return rows.map(({ place }) => given[place]!);
}

/**
 * Applies facts of any number of accounts: list, webhook and answer alike. Answers the templates that it wrote; those
 * that nothing changed, and those that webhooks name but nobody knows, are not among them.
 */
export async function applyTemplateFacts(tx: SystemTx, given: readonly AccountFacts[], origin: VersionOrigin = 'meta'): Promise<ChangedTemplate[]> {
  if (given.length === 0) return [];
  const accounts = new Map(given.map((one) => [`${one.tenantId} ${one.accountId}`, one]));
  await tx.query(LOCK_ACCOUNTS, columns([...accounts.values()], (a) => a.tenantId, (a) => a.accountId));
  // Facts of one id are one row each; a set that names two ids for one name is applied in turn.
  const rows = [...accounts].flatMap(([key, { tenantId, accountId }]) =>
    mergeFacts(given.filter((one) => `${one.tenantId} ${one.accountId}` === key).map(({ facts }) => facts)).map((facts) => ({ tenantId, accountId, facts })),
  );
  const changed: ChangedTemplate[] = [];
  for (const turn of turnsOf(rows)) changed.push(...(await applyTurn(tx, turn, origin)));
  return changed;
}

/** Rows of which no two are for the same template. */
function turnsOf(rows: readonly AccountFacts[]): AccountFacts[][] {
  const turns: AccountFacts[][] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const key = `${row.tenantId} ${row.accountId} ${row.facts.name} ${row.facts.language}`;
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    (turns[turn] ??= []).push(row);
  }
  return turns;
}

function applyTurn(tx: SystemTx, rows: readonly AccountFacts[], origin: VersionOrigin): Promise<ChangedTemplate[]> {
  return tx.query<ChangedTemplate>(APPLY, [
    ...columns(
      rows,
      (r) => r.tenantId, (r) => r.accountId, ({ facts: f }) => f.metaId, ({ facts: f }) => f.name, ({ facts: f }) => f.language,
      ({ facts: f }) => f.status?.value ?? null, ({ facts: f }) => f.status?.reason ?? null, ({ facts: f }) => f.status?.at ?? null,
      ({ facts: f }) => f.category?.value ?? null, ({ facts: f }) => f.category?.upcoming ?? null, ({ facts: f }) => f.category?.at ?? null,
      ({ facts: f }) => f.quality?.value ?? null, ({ facts: f }) => f.quality?.at ?? null,
      ({ facts: f }) => f.components?.value ?? null, ({ facts: f }) => f.components?.format ?? null, ({ facts: f }) => f.components?.at ?? null,
    ),
    origin,
  ]);
}
