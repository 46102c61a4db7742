import { completeSettings, type ConsentSettings, type ServicePromise, type TenantId } from '@parley/domain';
import type { Statement, SystemQueries } from '../system-db.js';

/** What a tenant promises, and the words of its customers that are no questions. */
export interface TenantPromise extends ServicePromise {
  words: ConsentSettings;
}

interface PromiseRow {
  tenantId: TenantId;
  timeZone: string;
  level: object | null;
  hours: object | null;
  words: object | null;
}

const READ: Statement = {
  name: 'conversations.service-promises',
  text: `
    SELECT t.id AS "tenantId", t.time_zone AS "timeZone",
           (SELECT s.value FROM tenant_settings s WHERE s.tenant_id = t.id AND s.section = 'service-level' LIMIT 1) AS level,
           (SELECT s.value FROM tenant_settings s WHERE s.tenant_id = t.id AND s.section = 'business-hours' LIMIT 1) AS hours,
           (SELECT s.value FROM tenant_settings s WHERE s.tenant_id = t.id AND s.section = 'consent' LIMIT 1) AS words
      FROM tenants t WHERE t.id = ANY ($1::uuid[])`,
};

/** What these tenants promise their customers, by their own clocks: one query for a set, so that a change counts from the next one on. */
export async function readServicePromises(db: SystemQueries, tenantIds: readonly TenantId[]): Promise<ReadonlyMap<TenantId, TenantPromise>> {
  const rows = await db.query<PromiseRow>(READ, [[...new Set(tenantIds)]]);
  return new Map(
    rows.map(({ tenantId, timeZone, level, hours, words }) => [
      tenantId,
      {
        level: completeSettings('service-level', level),
        hours: { ...completeSettings('business-hours', hours), timeZone },
        words: completeSettings('consent', words),
      },
    ]),
  );
}
