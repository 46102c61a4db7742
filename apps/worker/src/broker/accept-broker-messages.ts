import { DomainError, ERRORS, isJsonObject, type ErrorCode } from '@parley/domain';
import { readMessageRequest, requestHashOf, type AcceptMessages } from '@parley/messaging';
import { asDomainError, logEvent, type BrokerBinding, type EventLogger, type Metrics } from '@parley/platform';
import type { BrokerAnswer, BrokerMessage } from '@parley/queue';
import { boundTenant } from './bound-tenant.js';

export interface AcceptBrokerMessagesParts {
  readonly bindings: readonly BrokerBinding[];
  readonly acceptance: Pick<AcceptMessages, 'accept'>;
  readonly metrics: Pick<Metrics, 'inc'>;
  readonly logger: EventLogger;
}

const MESSAGE_ID = /^[\x21-\x7e]{1,255}$/;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Of what may succeed later, what is one tenant's own trouble: waiting for it would hold up the others in the queue. */
const NOT_WAITED_FOR: ReadonlySet<ErrorCode> = new Set(['backlog.tenant-full']);

/**
 * Takes messages of the broker into the acceptance that every message passes. The message id is the key: whatever is
 * delivered twice is one message. What cannot be taken now waits in the queue, what can never be is refused.
 */
export class AcceptBrokerMessages {
  /** Failures in a row, over all messages: what keeps one from being taken mostly keeps all. */
  private failures = 0;

  constructor(private readonly parts: AcceptBrokerMessagesParts) {}

  /** Never throws. `done` means committed. */
  async handle(message: BrokerMessage): Promise<BrokerAnswer> {
    try {
      return await this.take(message);
    } catch (thrown) {
      return this.answerTo(asDomainError(thrown));
    }
  }

  /** @throws DomainError */
  private async take(message: BrokerMessage): Promise<BrokerAnswer> {
    const { body, messageId } = message;
    if (!body.ok) return this.refuse('request.malformed', ERRORS['request.malformed'].title);
    const bound = boundTenant(this.parts.bindings, message);
    if (!bound.ok) return this.refuse(bound.code, bound.detail);
    if (messageId === null || !MESSAGE_ID.test(messageId)) {
      return this.refuse('broker.message-id-invalid', 'A message needs a message-id of 1 to 255 printable ASCII characters, its own.');
    }
    const { tenantId: _, ...request } = isJsonObject(body.value) ? body.value : {};
    const read = readMessageRequest(request);
    if (!read.ok) throw read.error;
    const { draft } = read;
    const { replayed } = await this.parts.acceptance.accept({
      tenantId: bound.tenantId,
      draft,
      source: 'broker',
      idempotencyKey: messageId,
      requestHash: requestHashOf(draft),
    });
    this.failures = 0;
    this.parts.metrics.inc('broker_messages_total', { outcome: replayed ? 'duplicate' : 'accepted' });
    return { kind: 'done' };
  }

  private answerTo({ code, detail, errors, retryable, retryAfterSeconds = 0 }: DomainError): BrokerAnswer {
    if (!retryable || NOT_WAITED_FOR.has(code)) {
      const places = errors.map((error) => `${error.pointer}: ${error.detail}`).join(' ');
      return this.refuse(code, places === '' ? detail : places);
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.failures = Math.min(this.failures + 1, 10);
    this.parts.metrics.inc('broker_messages_total', { outcome: 'requeued' });
    return { kind: 'later', afterMs: Math.max(pauseMs, retryAfterSeconds * 1_000) };
  }

  private refuse(code: string, detail: string): BrokerAnswer {
    this.parts.metrics.inc('broker_messages_total', { outcome: 'refused' });
    logEvent(this.parts.logger, 'broker.message_refused', { code });
    return { kind: 'refused', refusal: { code, detail } };
  }
}
