import type { AttemptOutcome, RecordedOutcome } from '../sending/record.repository.js';
import type { Statement, SystemDb } from '../system-db.js';

/** What became of a claimed message whose media could not be brought to Meta: nothing was marked, nothing was POSTed. */
export interface UnsentOutcome extends AttemptOutcome {
  /** Whether it uses up an attempt; waiting for an upload that is under way does not. */
  counts: boolean;
}

// The attempt id of the claim is the guard, as it is for a mark: whoever claimed the message since has another one.
const SETTLE: Statement = {
  name: 'media.settle-unsent',
  text: `
    WITH input AS MATERIALIZED (
      SELECT $1::uuid AS tenant_id, $2::uuid AS id, $3::uuid AS attempt_id, $4::text AS outcome, $5::text AS state,
             now() + make_interval(secs => $6::int / 1000.0) AS next_at, $7::text AS reason, $8::smallint AS http_status, $9::int AS error_code,
             $10::int AS error_subcode, $11::text AS error_text, $12::text AS trace_id, $13::boolean AS counts
    ), moved AS (
      UPDATE messages m
         SET state = i.state, attempts = m.attempts + i.counts::int, reason = i.reason, error_code = i.error_code, error_text = i.error_text,
             wait_cause = CASE WHEN i.state = 'WAITING' THEN 'retry' END, wait_until = CASE WHEN i.state = 'WAITING' THEN i.next_at END,
             failed_at = CASE WHEN i.state = 'FAILED' THEN now() ELSE m.failed_at END,
             dead_lettered_at = CASE WHEN i.state = 'FAILED' THEN now() ELSE m.dead_lettered_at END,
             lease_until = NULL, updated_at = now()
        FROM input i
       WHERE m.tenant_id = i.tenant_id AND m.id = i.id AND m.state || '' = 'DISPATCHED' AND m.attempt_id = i.attempt_id
      RETURNING m.tenant_id, m.id, m.phone_number_id, m.contact_id, m.state, m.reason, m.attempts, m.attempt_id, m.lease_epoch,
                m.credential_version, m.error_code, m.wait_until, i.outcome, i.http_status, i.error_subcode, i.error_text, i.trace_id, i.counts
    ), tried AS (
      INSERT INTO message_attempts (tenant_id, id, message_id, number, lease_epoch, credential_version, finished_at, outcome, http_status,
                                    error_code, error_subcode, error_text, trace_id, next_attempt_at)
      SELECT tenant_id, attempt_id, id, attempts, lease_epoch, credential_version, now(), outcome, http_status, error_code, error_subcode,
             error_text, trace_id, wait_until
        FROM moved WHERE counts
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT tenant_id, id, lower(state),
             json_strip_nulls(json_build_object('outcome', outcome, 'reason', reason, 'httpStatus', http_status, 'code', error_code,
               'text', error_text, 'traceId', trace_id, 'until', wait_until))
        FROM moved WHERE counts
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT tenant_id, 'whatsapp.message_failed', 'message', id, json_build_object('messageId', id, 'reason', reason, 'code', error_code)
        FROM moved WHERE state = 'FAILED'
    )
    SELECT m.id AS "messageId", m.state, false AS "isDoubled",
           coalesce((SELECT true FROM messages w WHERE w.phone_number_id = m.phone_number_id AND w.contact_id = m.contact_id
                        AND w.state = 'WAITING' AND w.wait_cause = 'pair' LIMIT 1), false) AS "pairAwaited"
      FROM moved m`,
};

/** Writes it: message, attempt, timeline, event. Null where another claim has the message by now. */
export async function settleUnsent(db: SystemDb, o: UnsentOutcome): Promise<RecordedOutcome | null> {
  const values = [o.tenantId, o.messageId, o.attemptId, o.outcome, o.state, o.retryInMs, o.reason, o.httpStatus, o.errorCode, o.errorSubcode];
  return (await db.query<RecordedOutcome>(SETTLE, [...values, o.errorText, o.traceId, o.counts]))[0] ?? null;
}
