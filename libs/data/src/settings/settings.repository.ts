import { completeSettings, type SettingsSection, type SettingsSections, type TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

const READ: Statement = {
  name: 'settings.read',
  text: `SELECT tenant_id AS "tenantId", value FROM tenant_settings WHERE tenant_id = ANY ($2::uuid[]) AND section = $1`,
};

/** The section of each of these tenants, with the defaults where it says nothing. Asked for each set: a change counts from the next one on. */
export async function readSettings<Section extends SettingsSection>(
  tx: SystemQueries,
  section: Section,
  tenantIds: readonly TenantId[],
): Promise<ReadonlyMap<TenantId, SettingsSections[Section]>> {
  const asked = [...new Set(tenantIds)];
  const rows = await tx.query<{ tenantId: TenantId; value: object }>(READ, [section, asked]);
  const stored = new Map(rows.map(({ tenantId, value }) => [tenantId, value]));
  return new Map(asked.map((tenantId) => [tenantId, completeSettings(section, stored.get(tenantId) ?? null)]));
}
