import type { ActiveHours, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemQueries } from '../system-db.js';

/** The newest messages of a conversation that are looked at. */
const LOOKED_AT = 200;
const DAY_HOURS = 24;

const ACTIVE_HOURS: Statement = {
  name: 'acceptance.active-hours',
  text: `
    SELECT i.ord::int - 1 AS at, extract(hour FROM m.seen_at AT TIME ZONE 'UTC')::int AS hour, count(*)::int AS count
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS i (tenant_id, number_id, contact_id, ord)
      JOIN conversations c ON c.tenant_id = i.tenant_id AND c.phone_number_id = i.number_id AND c.contact_id = i.contact_id AND c.state <> 'ARCHIVED'
     CROSS JOIN LATERAL (
       SELECT CASE x.direction WHEN 'INBOUND' THEN x.created_at ELSE x.read_at END AS seen_at
         FROM messages x WHERE x.tenant_id = c.tenant_id AND x.conversation_id = c.id
        ORDER BY x.id DESC LIMIT ${LOOKED_AT}) m
     WHERE m.seen_at IS NOT NULL
     GROUP BY 1, 2`,
};

/** In which hours these people read and wrote to these numbers lately, by position. */
export async function readActiveHours(db: SystemQueries, people: readonly { tenantId: TenantId; numberId: string; contactId: string }[]): Promise<ActiveHours[]> {
  const hours = people.map(() => new Array<number>(DAY_HOURS).fill(0));
  if (people.length === 0) return hours;
  const rows = await db.query<{ at: number; hour: number; count: number }>(ACTIVE_HOURS, columns(people, (p) => p.tenantId, (p) => p.numberId, (p) => p.contactId));
  for (const { at, hour, count } of rows) hours[at]![hour] = count;
  return hours;
}
