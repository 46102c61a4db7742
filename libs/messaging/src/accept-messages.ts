import { setTimeout as delay } from 'node:timers/promises';
import { Batcher, observeBatcher, type SystemDb } from '@parley/data';
import type { DomainError } from '@parley/domain';
import { asDomainError, logEvent, type EventLogger, type Metrics } from '@parley/platform';
import type { JobProducer } from '@parley/queue';
import { acceptSet } from './acceptance-set.js';
import type { Acceptance, AcceptanceRequest, AcceptanceResult, Arrived } from './acceptance-request.js';
import type { Backlog } from './backlog.js';
import { Backpressure } from './backpressure.js';
import { judgeSet, type Judged } from './judge-set.js';
import { TemplateDefinitions } from './template-definitions.js';

export interface AcceptMessagesParts {
  db: SystemDb;
  producer: JobProducer;
  metrics: Metrics;
  logger: EventLogger;
  /** How long a message may wait to leave. */
  validSeconds: number;
  /** Left out: nothing is refused for what waits already. */
  backlog?: Backlog;
}

/** As many as one set holds. */
const A_SET = 500;

/**
 * The one way in for messages that are to be sent: every caller, human or machine, passes the same checks. An accepted
 * message is committed when `accept` returns, and its number has been woken.
 */
export class AcceptMessages {
  private readonly templates = new TemplateDefinitions();
  private readonly batcher: Batcher<Arrived, AcceptanceResult>;
  private readonly backpressure = new Backpressure();
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

  /**
   * @throws DomainError of the check that refused, or backlog.tenant-full, backlog.platform-full, database.unavailable,
   * overload.backlog-full, shutdown.in-progress.
   */
  async accept(request: AcceptanceRequest): Promise<Acceptance> {
    const result = this.note(await this.decide(request));
    if (!result.ok) throw result.error;
    return { message: result.message, replayed: result.replayed };
  }

  /**
   * Many at once, as few sets: what each became, by position, all of it committed. They leave in this order: a set keeps
   * its own, and waits for the one before. What `accept` throws is the answer to its request here.
   */
  async acceptAll(requests: readonly AcceptanceRequest[]): Promise<AcceptanceResult[]> {
    const results: AcceptanceResult[] = [];
    for (let from = 0; from < requests.length; from += A_SET) {
      results.push(...(await this.acceptTogether(requests.slice(from, from + A_SET))));
    }
    return results.map((result) => this.note(result));
  }

  /** What `acceptAll` would answer now, by position, and by which facts; nothing is written. Keys are not looked at. */
  async dryRun(requests: readonly AcceptanceRequest[]): Promise<Judged[]> {
    const judged: Judged[] = [];
    for (let from = 0; from < requests.length; from += A_SET) {
      const set = requests.slice(from, from + A_SET).map((request) => ({ ...request, idempotencyKey: null }));
      judged.push(...(await judgeSet(this.parts.db, set, this.templates)));
    }
    return judged;
  }

  /** Settles what waits; refuses what comes. */
  close(): Promise<void> {
    return this.batcher.close();
  }

  private async acceptTogether(requests: readonly AcceptanceRequest[]): Promise<AcceptanceResult[]> {
    const full = requests.map((request, at) => this.fullness(request, at + 1));
    const admitted = requests.filter((_, at) => !full[at]);
    const answers = this.batcher.addAll(admitted.map((request) => ({ ...request, arrival: this.arrivals++ }))).values();
    return Promise.all(
      requests.map(async (request, at): Promise<AcceptanceResult> => {
        const refusal = full[at];
        if (refusal) return { ok: false, error: refusal };
        const answer = answers.next().value!;
        // A fault of ours with one of them must not hide what became of the others.
        return this.grown(request, await answer.catch((error: unknown): AcceptanceResult => ({ ok: false, error: asDomainError(error) })));
      }),
    );
  }

  private async decide(request: AcceptanceRequest): Promise<AcceptanceResult> {
    const full = this.fullness(request);
    if (full) return { ok: false, error: full };
    const pauseMs = this.pauseMs(request);
    if (pauseMs > 0) await delay(pauseMs);
    return this.grown(request, await this.batcher.add({ ...request, arrival: this.arrivals++ }));
  }

  private pauseMs({ source, draft }: AcceptanceRequest): number {
    // A customer waits for answers of our own.
    const pauseMs = source === 'automation' ? 0 : this.backpressure.pauseMs(draft.numberId);
    if (pauseMs > 0) this.parts.metrics.inc('outbound_message_accept_paused_total');
    return pauseMs;
  }

  /** @param wanted how many the call asks for, this one included */
  private fullness({ tenantId, source }: AcceptanceRequest, wanted = 1): DomainError | null {
    // Answers of our own to what a customer wrote are few, and the customer waits for them.
    return source === 'automation' ? null : (this.parts.backlog?.refusal(tenantId, wanted) ?? null);
  }

  private grown({ tenantId }: AcceptanceRequest, result: AcceptanceResult): AcceptanceResult {
    if (result.ok && !result.replayed) this.parts.backlog?.grow(tenantId);
    return result;
  }

  private note(result: AcceptanceResult): AcceptanceResult {
    const { metrics, logger, producer } = this.parts;
    if (!result.ok) metrics.inc('outbound_message_accept_refused_total', { error_code: result.error.code });
    else if (!result.replayed) {
      const { message, lateMs } = result;
      if (lateMs !== null) this.backpressure.note(message.phoneNumberId, lateMs);
      metrics.inc('outbound_message_queued_total', { channel: 'WHATSAPP' });
      metrics.inc('events_published_total', { event: 'whatsapp.message_accepted' });
      logEvent(logger, 'message.state_changed', { messageId: message.id, tenantId: message.tenantId, to: 'QUEUED' });
      producer.wake('number.wake', { numberId: message.phoneNumberId });
    }
    return result;
  }
}
