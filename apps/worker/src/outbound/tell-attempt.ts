import type { AttemptOutcome, ClaimedMessage } from '@parley/data';
import { messageType, type MessageKind } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';
import { logEvent, type EventLogger, type Metrics } from '@parley/platform';

const STATUS_LABELS = { ACCEPTED: 'accepted', WAITING: 'retry', FAILED: 'failed', UNKNOWN: 'unknown' } as const;

type Told = Pick<AttemptOutcome, 'state' | 'reason' | 'errorCode' | 'traceId'>;

/** Tells log and metrics how an attempt ended. */
export function tellAttempt(
  { metrics, logger }: { metrics: Pick<Metrics, 'inc'>; logger: EventLogger },
  { id: messageId, attemptId, kind }: ClaimedMessage,
  outcome: SendOutcome,
  decision: Told,
): void {
  const fields = { messageId, attemptId, state: decision.state, reason: decision.reason, code: decision.errorCode, traceId: decision.traceId };
  const isTemplate = kind === 'template';
  metrics.inc('whatsapp_messages_sent_total', { type: messageType(kind as MessageKind), status: STATUS_LABELS[decision.state] });
  if (outcome.kind === 'accepted') {
    metrics.inc('outbound_message_sent_total', { channel: 'WHATSAPP' });
    logEvent(logger, isTemplate ? 'whatsapp.send_template.success' : 'whatsapp.send_message.success', fields);
    return;
  }
  if (decision.state === 'FAILED') {
    metrics.inc('outbound_message_failed_total', { channel: 'WHATSAPP', error_code: String(decision.errorCode ?? decision.reason) });
  }
  if (outcome.kind === 'refused' && outcome.classification.class === 'throttled') {
    metrics.inc('limiter_violations_total', { error_code: String(decision.errorCode) });
  }
  if (outcome.kind === 'unknown') logEvent(logger, 'whatsapp.send_message.timeout', fields);
  else logEvent(logger, isTemplate ? 'whatsapp.send_template.template_error' : 'whatsapp.send_message.error', fields);
}
