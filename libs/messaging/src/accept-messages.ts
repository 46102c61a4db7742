import { Batcher, observeBatcher, type SystemDb } from '@parley/data';
import { logEvent, type EventLogger, type Metrics } from '@parley/platform';
import type { JobProducer } from '@parley/queue';
import { acceptSet } from './acceptance-set.js';
import type { Acceptance, AcceptanceRequest, AcceptanceResult, Arrived } from './acceptance-request.js';
import { TemplateDefinitions } from './template-definitions.js';

export interface AcceptMessagesParts {
  db: SystemDb;
  producer: JobProducer;
  metrics: Metrics;
  logger: EventLogger;
  /** How long a message may wait to leave. */
  validSeconds: number;
}

/**
 * The one way in for messages that are to be sent: every caller, human or machine, passes the same checks. An accepted
 * message is committed when `accept` returns, and its number has been woken.
 */
export class AcceptMessages {
  private readonly templates = new TemplateDefinitions();
  private readonly batcher: Batcher<Arrived, AcceptanceResult>;
  private arrivals = 0;

  constructor(private readonly parts: AcceptMessagesParts) {
    const { db, metrics, validSeconds } = parts;
    this.batcher = new Batcher<Arrived, AcceptanceResult>({
      name: 'accept',
      run: (requests) => acceptSet(db, requests, this.templates, validSeconds),
      keyOf: ({ tenantId, idempotencyKey, arrival }) => `${tenantId} ${idempotencyKey ?? arrival}`,
      bytesOf: ({ draft }) => 1_024 + JSON.stringify(draft.content).length,
      observer: observeBatcher('accept', metrics, parts.logger),
    });
  }

  /** @throws DomainError of the check that refused, or database.unavailable, overload.backlog-full, shutdown.in-progress. */
  async accept(request: AcceptanceRequest): Promise<Acceptance> {
    const { metrics, logger, producer } = this.parts;
    const result = await this.batcher.add({ ...request, arrival: this.arrivals++ });
    if (!result.ok) {
      metrics.inc('outbound_message_accept_refused_total', { error_code: result.error.code });
      throw result.error;
    }
    const { message, replayed } = result;
    if (!replayed) {
      metrics.inc('outbound_message_queued_total', { channel: 'WHATSAPP' });
      metrics.inc('events_published_total', { event: 'whatsapp.message_accepted' });
      logEvent(logger, 'message.state_changed', { messageId: message.id, tenantId: message.tenantId, to: 'QUEUED' });
      producer.wake('number.wake', { numberId: message.phoneNumberId });
    }
    return { message, replayed };
  }

  /** Settles what waits; refuses what comes. */
  close(): Promise<void> {
    return this.batcher.close();
  }
}
