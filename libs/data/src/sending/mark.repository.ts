import { columns } from '../columns.js';
import type { Statement, SystemDb } from '../system-db.js';

/** How long a POST may take before its outcome counts as unknown: longer than connect and read timeouts together. */
export const SENDING_LEASE_SECONDS = 40;

/** A claimed message that is about to be POSTed. attemptId and epoch are its fencing tokens. */
export interface SendingMark {
  tenantId: string;
  messageId: string;
  numberId: string;
  attemptId: string;
  epoch: string;
}

const MARK: Statement = {
  name: 'sending.mark',
  text: `
    WITH input AS (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[]) AS i (tenant_id, message_id, number_id, attempt_id, epoch)
    ), marked AS (
      UPDATE messages m
         SET state = 'SENDING', attempts = m.attempts + 1, sending_at = now(), updated_at = now(),
             lease_until = now() + interval '${SENDING_LEASE_SECONDS} seconds'
        FROM input i
        JOIN phone_numbers n ON n.tenant_id = i.tenant_id AND n.id = i.number_id AND n.lease_epoch = i.epoch
       WHERE m.tenant_id = i.tenant_id AND m.id = i.message_id AND m.state || '' = 'DISPATCHED'
         AND m.attempt_id = i.attempt_id AND m.lease_epoch = i.epoch AND m.lease_until > now()
      RETURNING m.tenant_id, m.id, m.attempt_id, m.attempts, m.lease_epoch, m.credential_version
    ), tried AS (
      INSERT INTO message_attempts (tenant_id, id, message_id, number, lease_epoch, credential_version)
      SELECT tenant_id, attempt_id, id, attempts, lease_epoch, credential_version FROM marked
    )
    SELECT attempt_id AS "attemptId" FROM marked`,
};

/** Commits the attempts of a set before their POSTs. By position: true when this process may send. */
export async function markSending(db: SystemDb, marks: readonly SendingMark[]): Promise<boolean[]> {
  const rows = await db.query<{ attemptId: string }>(
    MARK,
    columns(marks, (m) => m.tenantId, (m) => m.messageId, (m) => m.numberId, (m) => m.attemptId, (m) => m.epoch),
  );
  const marked = new Set(rows.map((row) => row.attemptId));
  return marks.map((mark) => marked.has(mark.attemptId));
}
