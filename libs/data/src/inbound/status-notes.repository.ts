import type { TenantId } from '@parley/domain';
import { columns } from '../columns.js';
import type { Statement, SystemTx } from '../system-db.js';

/** What Meta says of a message beside its delivery: `warning`, `deleted`. */
export interface StatusNote {
  tenantId: TenantId;
  messageId: string;
  note: string;
  /** JSON text. */
  detail: string;
}

// Nothing tells two notes of a kind apart: one for a message says all.
const NOTE: Statement = {
  name: 'statuses.note',
  text: `
    INSERT INTO message_events (tenant_id, message_id, type, detail)
    SELECT DISTINCT ON (i.tenant_id, i.message_id, i.note) i.tenant_id, i.message_id, i.note, i.detail
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[]) WITH ORDINALITY AS i (tenant_id, message_id, note, detail, ord)
      JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id
     WHERE (SELECT true FROM message_events e WHERE e.tenant_id = i.tenant_id AND e.message_id = i.message_id AND e.type = i.note LIMIT 1) IS NULL
     ORDER BY i.tenant_id, i.message_id, i.note, i.ord
    RETURNING message_id AS "messageId", type AS note`,
};

/** Writes notes on the timelines of messages, each kind once. The messages must be locked. Answers those that were new. */
export async function noteStatuses(tx: SystemTx, notes: readonly StatusNote[]): Promise<{ messageId: string; note: string }[]> {
  if (notes.length === 0) return [];
  return tx.query<{ messageId: string; note: string }>(NOTE, columns(notes, (n) => n.tenantId, (n) => n.messageId, (n) => n.note, (n) => n.detail));
}
