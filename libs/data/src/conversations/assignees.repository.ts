import type { TenantId } from '@parley/domain';
import type { TenantTx } from '../tenant-db.js';

/** A user who could take a conversation. */
export interface Assignee {
  userId: string;
  name: string;
  role: string;
  /** Conversations that are his now. */
  open: number;
  /** How often he has answered this contact. */
  answers: number;
  lastAnswerAt: Date | null;
}

/** More than this says no more about who is busy. */
const COUNTED = 1_000;
const MOST = 200;

// Each user's conversations are a stretch of one index; what he answered is found by the contact.
const ASSIGNEES = `
  WITH target AS MATERIALIZED (
    SELECT tenant_id, id, contact_id FROM conversations WHERE tenant_id = $1::uuid AND id = $2::uuid
  ), history AS MATERIALIZED (
    SELECT r.assignee, count(*)::int AS answers, max(r.answered_at) AS last_at
      FROM (SELECT p.assignee, p.answered_at FROM target t JOIN conversation_responses p ON p.tenant_id = t.tenant_id AND p.contact_id = t.contact_id
             WHERE p.assignee IS NOT NULL ORDER BY p.answered_at DESC LIMIT ${COUNTED}) r
     GROUP BY r.assignee
  )
  SELECT u.id AS "userId", u.name, u.role,
         (SELECT count(*)::int FROM (SELECT FROM conversations c WHERE c.tenant_id = u.tenant_id AND c.assigned_to = u.id AND c.state = 'ASSIGNED' LIMIT ${COUNTED}) o) AS open,
         coalesce(h.answers, 0) AS answers, h.last_at AS "lastAnswerAt"
    FROM target t JOIN users u ON u.tenant_id = t.tenant_id AND u.state = 'ACTIVE'
    LEFT JOIN history h ON h.assignee = u.id
   ORDER BY u.id LIMIT ${MOST}`;

/** The active users with their load and their history with this contact. */
export function readAssignees(tx: TenantTx, tenantId: TenantId, conversationId: string): Promise<Assignee[]> {
  return tx.$queryRawUnsafe<Assignee[]>(ASSIGNEES, tenantId, conversationId);
}
