import type { TenantId } from '@parley/domain';
import type { SealedPlace } from '@parley/platform';
import type { Statement, SystemQueries } from '../system-db.js';

/** A sealed secret of a step, for one origin. */
export interface AutomationSecretRow {
  origin: string;
  version: number;
  sealed: string;
}

const FIND: Statement = {
  name: 'automation-secrets.find',
  text: `SELECT origin, version, sealed FROM automation_secrets WHERE tenant_id = $1 AND step = $2`,
};

/** Null where none was set. */
export async function findAutomationSecret(db: SystemQueries, tenantId: TenantId, step: string): Promise<AutomationSecretRow | null> {
  return (await db.query<AutomationSecretRow>(FIND, [tenantId, step]))[0] ?? null;
}

/** Where the secret of a step is sealed for: another origin cannot be shown it. */
export function automationSecretPlace(tenantId: string, step: string, origin: string, version: number): SealedPlace {
  return { tenantId, table: 'automation_secrets', column: 'sealed', rowId: `${step} ${origin}`, version };
}
