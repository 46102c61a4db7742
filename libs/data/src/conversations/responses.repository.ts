import type { ServiceResponse, TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import { markStatsHours } from '../stats/stats-hours.repository.js';
import type { Statement, SystemTx } from '../system-db.js';

/** An answered question of a conversation. */
export interface ConversationResponse extends ServiceResponse {
  tenantId: TenantId;
  conversationId: string;
  numberId: string;
  contactId: string;
  /** Who had the conversation when the answer was noted. */
  assignee: string | null;
}

// A question is answered once, whoever notes it.
const RECORD: Statement = {
  name: 'conversations.record-responses',
  text: `
    WITH noted AS (
      INSERT INTO conversation_responses (tenant_id, conversation_id, asked_at, phone_number_id, contact_id, answered_at, seconds, business_seconds,
                                          is_first, in_time, assignee, by_staff)
      SELECT i.tenant_id, i.conversation_id, i.asked_at, i.number_id, i.contact_id, i.answered_at, i.seconds, i.business_seconds, i.is_first,
             i.in_time, i.assignee, i.by_staff
        FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::int[], $8::int[], $9::boolean[],
                    $10::boolean[], $11::uuid[], $12::boolean[])
               AS i (tenant_id, conversation_id, asked_at, number_id, contact_id, answered_at, seconds, business_seconds, is_first, in_time, assignee, by_staff)
       ORDER BY 1, 2, 3
      ON CONFLICT DO NOTHING
      RETURNING *
    )
    INSERT INTO conversation_events (tenant_id, id, conversation_id, type, actor, detail, at)
    SELECT tenant_id, uuid_v7(answered_at), conversation_id, 'answered', CASE WHEN by_staff THEN 'staff' ELSE 'system' END,
           json_build_object('askedAt', asked_at, 'seconds', seconds, 'businessSeconds', business_seconds, 'isFirst', is_first, 'inTime', in_time,
                             'assignee', assignee),
           answered_at
      FROM noted`,
};

/** Writes how long customers waited, with the answer's place on the timeline. What is written already stays. */
export async function recordResponses(tx: SystemTx, responses: readonly ConversationResponse[]): Promise<void> {
  if (responses.length === 0) return;
  await tx.query(
    RECORD,
    columns(
      responses,
      (r) => r.tenantId, (r) => r.conversationId, (r) => r.askedAt, (r) => r.numberId, (r) => r.contactId, (r) => r.answeredAt, (r) => r.seconds,
      (r) => r.businessSeconds, (r) => r.isFirst, (r) => r.inTime, (r) => r.assignee, (r) => r.byStaff,
    ),
  );
  await markStatsHours(tx, responses.map(({ tenantId, answeredAt: at }) => ({ tenantId, at })));
}
