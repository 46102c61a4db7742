import type { MessageState, RedriveFacts, WaitCause } from '@parley/domain';
import { agreement } from '../consents/agreement.js';
import { holdIds, isOpen } from '../sending/holds.repository.js';
import { HOLDING_STATUSES, templateRefusal } from '../templates/held-messages.repository.js';
import type { TenantTx } from '../tenant-db.js';
import { filterValues, matchesFilter, type DeadLetterFilter } from './dead-letter-filter.js';

/** So many messages with the same facts. */
export interface CountedFacts extends RedriveFacts {
  /** Only where messages were asked for one by one. */
  id: string | null;
  count: number;
}

/** Dead letters that a dry run looks at; beyond that its figures say so. */
export const DRY_RUN_CAP = 10_000;

const AGREED = agreement({
  tenantId: 'm.tenant_id', contactId: 'm.contact_id', purpose: 'm.purpose', numberId: 'm.phone_number_id', wroteAt: 'cv.last_inbound_at', messageId: 'm.id',
});

const facts = (id: string, chosen: string) => `
  SELECT ${id} AS id, m.dead_lettered_at IS NOT NULL AS "isDead", m.state::text AS state, m.reason, m.purpose::text AS purpose,
         CASE ${AGREED} WHEN true THEN 'GRANTED' WHEN false THEN 'REVOKED' END AS consent,
         CASE WHEN m.template_id IS NOT NULL AND t.status IS DISTINCT FROM 'APPROVED' THEN ${templateRefusal('t')} END AS "templateRefusal",
         coalesce(t.status IN ${HOLDING_STATUSES}, false) AS "isTemplateHeld",
         m.template_id IS NULL AS "needsWindow", coalesce(cv.last_inbound_at > now() - interval '24 hours', false) AS "isWindowOpen",
         CASE WHEN NOT (te.whatsapp_enabled AND te.state = 'ACTIVE') THEN 'module'
              ELSE (SELECT h.cause FROM holds h WHERE h.tenant_id = n.tenant_id AND h.scope_id = ANY (${holdIds('n')}) AND ${isOpen('h')}
                     ORDER BY h.began_at LIMIT 1) END AS "heldFor",
         count(*)::int AS count
    FROM (${chosen}) m
    JOIN tenants te ON te.id = m.tenant_id
    JOIN phone_numbers n ON n.tenant_id = m.tenant_id AND n.id = m.phone_number_id
    LEFT JOIN templates t ON t.tenant_id = m.tenant_id AND t.id = m.template_id
    LEFT JOIN conversations cv ON m.template_id IS NULL AND cv.tenant_id = m.tenant_id AND cv.phone_number_id = m.phone_number_id
                              AND cv.contact_id = m.contact_id AND cv.state <> 'ARCHIVED'
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`;

const OF_IDS = facts('m.id', `SELECT * FROM messages WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[]) AND direction = 'OUTBOUND'`);
const OF_FILTER = facts('NULL::uuid', `SELECT * FROM messages d WHERE ${matchesFilter('d')} ORDER BY d.dead_lettered_at, d.id LIMIT ${DRY_RUN_CAP}`);

type Row = Omit<CountedFacts, 'state' | 'heldFor'> & { state: MessageState; heldFor: WaitCause | null };

/** What the checks at leaving would see of each of these, now. Messages that are not the tenant's are missing. */
export function readRedriveFacts(tx: TenantTx, tenantId: string, ids: readonly string[]): Promise<CountedFacts[]> {
  return tx.$queryRawUnsafe<Row[]>(OF_IDS, tenantId, ids);
}

/** The same for the dead letters of a filter, counted by what is alike. */
export function countRedriveFacts(tx: TenantTx, tenantId: string, filter: DeadLetterFilter): Promise<CountedFacts[]> {
  return tx.$queryRawUnsafe<Row[]>(OF_FILTER, ...filterValues(tenantId, filter));
}
