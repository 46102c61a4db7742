import { columns } from '../columns.js';
import { answeredAt, answers } from '../conversations/answers.js';
import type { Statement, SystemDb } from '../system-db.js';

/** What became of one POST, and the state that follows from it. */
export interface AttemptOutcome {
  tenantId: string;
  messageId: string;
  attemptId: string;
  outcome: 'accepted' | 'refused' | 'not-sent' | 'unknown';
  state: 'ACCEPTED' | 'WAITING' | 'FAILED' | 'UNKNOWN';
  /** Milliseconds until the next attempt; only with WAITING. */
  retryInMs: number | null;
  /** What it waits for; only with WAITING. */
  waitCause: 'retry' | 'template' | null;
  /** The attempt says nothing against the message: it may be tried once more than before. */
  isSpared: boolean;
  reason: string | null;
  wamid: string | null;
  waId: string | null;
  httpStatus: number | null;
  errorCode: number | null;
  errorSubcode: number | null;
  errorText: string | null;
  traceId: string | null;
  /** Meta's answer as it came, as JSON text. */
  answer: string | null;
}

export interface RecordedOutcome {
  messageId: string;
  state: string;
  /** Another message to the same person waits for the pair. */
  pairAwaited: boolean;
  /** Meta has taken an earlier attempt of this message too. */
  isDoubled: boolean;
}

// The attempt id is the guard: an outcome belongs to the attempt that was committed before its POST. A status webhook may
// have been faster than this answer, or the message was sent again meanwhile: then the state stays, and only the wamid
// and the time are added. The attempt is its own row of the timeline. A second acceptance under another wamid says that the customer may have the message twice.
const RECORD: Statement = {
  name: 'sending.record',
  text: `
    WITH target AS MATERIALIZED (
      SELECT i.*, m.phone_number_id, m.contact_id, m.conversation_id, m.display_content, m.state AS before,
             ${answers('m')} AS answers, m.sender = 'staff' AS by_staff,
             i.state = 'ACCEPTED' AND coalesce(m.wamid <> i.wamid, false) AND NOT m.duplicate_suspected AS doubles,
             CASE WHEN m.attempt_id = i.attempt_id THEN true
                  ELSE (SELECT true FROM message_attempts a WHERE a.tenant_id = i.tenant_id AND a.id = i.attempt_id AND a.message_id = i.message_id LIMIT 1)
             END AS own, m.attempt_id = i.attempt_id AS current, m.attempt_id = i.attempt_id AND m.state IN ('SENDING', 'UNKNOWN') AS decides,
             now() + make_interval(secs => i.retry_in_ms / 1000.0) AS next_at
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::smallint[],
                    $11::int[], $12::int[], $13::text[], $14::text[], $15::json[], $16::text[], $17::boolean[])
               AS i (tenant_id, message_id, attempt_id, outcome, state, retry_in_ms, reason, wamid, wa_id, http_status,
                     error_code, error_subcode, error_text, trace_id, answer, wait_cause, is_spared)
        JOIN messages m ON m.tenant_id = i.tenant_id AND m.id = i.message_id
       ORDER BY m.tenant_id, m.id
         FOR UPDATE OF m
    ), named AS (
      INSERT INTO contact_identities (tenant_id, kind, value, contact_id)
      SELECT DISTINCT t.tenant_id, 'wa_id', t.wa_id, t.contact_id
        FROM target t
       WHERE t.current AND t.wa_id IS NOT NULL AND NOT EXISTS (SELECT FROM contact_identities ci
               WHERE ci.tenant_id = t.tenant_id AND ci.kind = 'wa_id' AND ci.value = t.wa_id)
       ORDER BY 1, 3
      ON CONFLICT DO NOTHING
      RETURNING contact_id
    ), joined AS (
      INSERT INTO conversations AS c (tenant_id, phone_number_id, contact_id, last_message, message_count, answered_at, staff_at)
      SELECT DISTINCT ON (t.tenant_id, t.phone_number_id, t.contact_id) t.tenant_id, t.phone_number_id, t.contact_id, t.display_content,
             count(*) OVER pair, CASE WHEN bool_or(t.answers) OVER pair THEN now() END, CASE WHEN bool_or(t.by_staff) OVER pair THEN now() END
        FROM target t
       WHERE t.current AND t.state = 'ACCEPTED' AND t.conversation_id IS NULL AND (SELECT count(*) FROM named) >= 0
      WINDOW pair AS (PARTITION BY t.tenant_id, t.phone_number_id, t.contact_id)
       ORDER BY t.tenant_id, t.phone_number_id, t.contact_id, t.message_id DESC
      ON CONFLICT (tenant_id, phone_number_id, contact_id) WHERE state <> 'ARCHIVED'
        DO UPDATE SET message_count = c.message_count + excluded.message_count, last_message = excluded.last_message, last_message_at = now(), updated_at = now(),
          answered_at = ${answeredAt('excluded.answered_at')}, staff_at = coalesce(excluded.staff_at, c.staff_at)
      RETURNING c.tenant_id, c.phone_number_id, c.contact_id, c.id, (c.xmax = 0) AS opened
    ), places AS MATERIALIZED (
      SELECT jsonb_object_agg(phone_number_id || ' ' || contact_id, id) AS of_pair FROM joined
    ), moved AS (
      UPDATE messages m
         SET state = CASE WHEN t.decides THEN t.state ELSE m.state END,
             wait_cause = CASE WHEN t.decides THEN t.wait_cause ELSE m.wait_cause END,
             wait_until = CASE WHEN t.decides THEN CASE WHEN t.state = 'WAITING' THEN t.next_at END ELSE m.wait_until END,
             max_attempts = m.max_attempts + (t.decides AND t.is_spared)::int, duplicate_suspected = m.duplicate_suspected OR t.doubles,
             wamid = coalesce(m.wamid, t.wamid),
             accepted_at = CASE WHEN t.state = 'ACCEPTED' THEN coalesce(m.accepted_at, now()) ELSE m.accepted_at END,
             failed_at = CASE WHEN t.decides AND t.state = 'FAILED' THEN now() ELSE m.failed_at END,
             dead_lettered_at = CASE WHEN t.decides AND t.state = 'FAILED' THEN now() ELSE m.dead_lettered_at END,
             reason = CASE WHEN t.decides THEN t.reason ELSE m.reason END,
             error_code = CASE WHEN t.decides THEN t.error_code ELSE m.error_code END,
             error_text = CASE WHEN t.decides THEN t.error_text ELSE m.error_text END,
             conversation_id = coalesce(m.conversation_id, ((SELECT of_pair FROM places) ->> (t.phone_number_id || ' ' || t.contact_id))::uuid),
             lease_until = CASE WHEN NOT t.current THEN m.lease_until END, updated_at = now()
        FROM target t
       WHERE m.tenant_id = t.tenant_id AND m.id = t.message_id AND (t.decides OR (t.own AND t.state = 'ACCEPTED'))
      RETURNING m.tenant_id, m.id, m.phone_number_id, m.contact_id, m.state, m.reason, m.error_code, m.wait_until, m.state <> t.before AS changed, t.doubles, t.attempt_id
    ), finished AS (
      UPDATE message_attempts a
         SET finished_at = now(), outcome = t.outcome, http_status = t.http_status, error_code = t.error_code, error_subcode = t.error_subcode,
             error_text = t.error_text, trace_id = t.trace_id, answer = t.answer,
             next_attempt_at = CASE WHEN t.decides AND t.state = 'WAITING' THEN t.next_at END
        FROM target t
       WHERE a.tenant_id = t.tenant_id AND a.id = t.attempt_id
    ), timeline AS (
      INSERT INTO message_events (tenant_id, message_id, type, detail)
      SELECT m.tenant_id, m.id, 'duplicate-suspected', json_build_object('attemptId', m.attempt_id) FROM moved m WHERE m.doubles
    ), published AS (
      INSERT INTO events (tenant_id, type, resource_type, resource_id, data)
      SELECT m.tenant_id, 'whatsapp.message_failed', 'message', m.id,
             json_build_object('messageId', m.id, 'reason', m.reason, 'code', m.error_code)
        FROM moved m WHERE m.changed AND m.state = 'FAILED'
      UNION ALL
      SELECT j.tenant_id, 'whatsapp.conversation_opened', 'conversation', j.id, json_build_object('conversationId', j.id, 'contactId', j.contact_id)
        FROM joined j WHERE j.opened
    )
    SELECT m.id AS "messageId", m.state, m.doubles AS "isDoubled",
           coalesce((SELECT true FROM messages w WHERE w.phone_number_id = m.phone_number_id AND w.contact_id = m.contact_id
                        AND w.state = 'WAITING' AND w.wait_cause = 'pair' LIMIT 1), false) AS "pairAwaited"
      FROM moved m`,
};

/** Writes the outcomes of a set: message, attempt, timeline, conversation, event. By position; null when nothing changed. */
export async function recordOutcomes(db: SystemDb, outcomes: readonly AttemptOutcome[]): Promise<(RecordedOutcome | null)[]> {
  const rows = await db.query<RecordedOutcome>(
    RECORD,
    columns(
      outcomes,
      (o) => o.tenantId, (o) => o.messageId, (o) => o.attemptId, (o) => o.outcome, (o) => o.state, (o) => o.retryInMs, (o) => o.reason,
      (o) => o.wamid, (o) => o.waId, (o) => o.httpStatus, (o) => o.errorCode, (o) => o.errorSubcode, (o) => o.errorText, (o) => o.traceId,
      (o) => o.answer, (o) => o.waitCause, (o) => o.isSpared,
    ),
  );
  const byMessage = new Map(rows.map((row) => [row.messageId, row]));
  return outcomes.map((outcome) => byMessage.get(outcome.messageId) ?? null);
}
