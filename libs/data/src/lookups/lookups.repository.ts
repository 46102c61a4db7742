import { completeSettings, type LookupsSettings, type TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** Where a tenant's own system is asked, and what signs the question. */
export interface LookupTarget {
  url: string | null;
  /** Rises with every change of address or secret. */
  version: string;
  secretSealed: string | null;
  secretVersion: number | null;
}

const TARGET: Statement = {
  name: 'lookups.target',
  text: `
    SELECT s.value, concat(s.version, '.', k.version) AS version, k.sealed AS "secretSealed", k.version AS "secretVersion"
      FROM (VALUES ($1::uuid)) AS i (tenant_id)
      LEFT JOIN tenant_settings s ON s.tenant_id = i.tenant_id AND s.section = 'lookups'
      LEFT JOIN lookup_secrets k ON k.tenant_id = i.tenant_id`,
};

/** Read for each question, so that a change counts at once. */
export async function readLookupTarget(db: SystemQueries, tenantId: TenantId): Promise<LookupTarget> {
  const [row] = await db.query<Omit<LookupTarget, 'url'> & { value: Partial<LookupsSettings> | null }>(TARGET, [tenantId]);
  const { value, ...target } = row!;
  return { ...target, url: completeSettings('lookups', value).url };
}
