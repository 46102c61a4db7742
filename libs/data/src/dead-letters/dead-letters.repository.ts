import type { TenantTx } from '../tenant-db.js';
import { filterValues, matchesFilter, type DeadLetterFilter } from './dead-letter-filter.js';

/** A place in the list, which is by time of death, newest first. Microseconds, because two may die in one millisecond. */
export interface DeadLetterPlace {
  id: string;
  /** Since 1970, as text: beyond what a number holds exactly. */
  micros: string;
}

/** Dead letters that share a cause. A column that the list is not grouped by is null in every group. */
export interface DeadLetterGroup {
  reason: string | null;
  code: number | null;
  numberId: string | null;
  templateId: string | null;
  templateName: string | null;
  count: number;
  oldestAt: Date;
  newestAt: Date;
}

export type DeadLetterGrouping = 'code' | 'number' | 'template';

export interface DeadLetterReport {
  total: number;
  lastDay: number;
  topReasons: { reason: string | null; code: number | null; count: number }[];
}

/** More groups than anybody reads; the rest is found by a filter. */
const MOST_GROUPS = 200;
const TOP_REASONS = 10;

const LIST = `
  SELECT m.id, (extract(epoch FROM m.dead_lettered_at) * 1000000)::bigint::text AS micros
    FROM messages m
   WHERE ${matchesFilter('m')}
     AND ($10::bigint IS NULL OR m.dead_lettered_at <= timestamptz 'epoch' + $10::bigint * interval '1 microsecond'
          AND (m.dead_lettered_at < timestamptz 'epoch' + $10::bigint * interval '1 microsecond' OR m.id < $11::uuid))
   ORDER BY m.dead_lettered_at DESC, m.id DESC
   LIMIT $12::int`;

const GROUPS = `
  SELECT g.reason, g.code, g."numberId", g."templateId", t.name AS "templateName", g.count, g."oldestAt", g."newestAt"
    FROM (
      SELECT CASE WHEN 'code' = ANY ($10::text[]) THEN m.reason END AS reason, CASE WHEN 'code' = ANY ($10::text[]) THEN m.error_code END AS code,
             CASE WHEN 'number' = ANY ($10::text[]) THEN m.phone_number_id END AS "numberId",
             CASE WHEN 'template' = ANY ($10::text[]) THEN m.template_id END AS "templateId",
             count(*)::int AS count, min(m.dead_lettered_at) AS "oldestAt", max(m.dead_lettered_at) AS "newestAt"
        FROM messages m
       WHERE ${matchesFilter('m')}
       GROUP BY 1, 2, 3, 4
       ORDER BY 5 DESC, 7 DESC
       LIMIT ${MOST_GROUPS}
    ) g
    LEFT JOIN templates t ON t.tenant_id = $1::uuid AND t.id = g."templateId"
   ORDER BY g.count DESC, g."newestAt" DESC`;

const TOTALS = `
  SELECT count(*)::int AS total, (count(*) FILTER (WHERE m.dead_lettered_at > now() - interval '24 hours'))::int AS "lastDay"
    FROM messages m WHERE m.tenant_id = $1::uuid AND m.dead_lettered_at IS NOT NULL`;

const TOP = `
  SELECT m.reason, m.error_code AS code, count(*)::int AS count
    FROM messages m
   WHERE m.tenant_id = $1::uuid AND m.dead_lettered_at > now() - interval '24 hours'
   GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT ${TOP_REASONS}`;

/** The next `take` after a place, newest first. */
export function listDeadLetters(tx: TenantTx, tenantId: string, filter: DeadLetterFilter, take: number, after: DeadLetterPlace | null): Promise<DeadLetterPlace[]> {
  return tx.$queryRawUnsafe<DeadLetterPlace[]>(LIST, ...filterValues(tenantId, filter), after?.micros ?? null, after?.id ?? null, take);
}

/** The largest groups first. */
export function groupDeadLetters(tx: TenantTx, tenantId: string, filter: DeadLetterFilter, by: readonly DeadLetterGrouping[]): Promise<DeadLetterGroup[]> {
  return tx.$queryRawUnsafe<DeadLetterGroup[]>(GROUPS, ...filterValues(tenantId, filter), by);
}

/** How many there are, and what killed most in the last 24 hours. */
export async function reportDeadLetters(tx: TenantTx, tenantId: string): Promise<DeadLetterReport> {
  const [totals] = await tx.$queryRawUnsafe<[{ total: number; lastDay: number }]>(TOTALS, tenantId);
  const topReasons = await tx.$queryRawUnsafe<DeadLetterReport['topReasons']>(TOP, tenantId);
  return { ...totals, topReasons };
}
