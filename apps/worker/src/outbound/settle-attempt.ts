import { Injectable } from '@nestjs/common';
import {
  Batcher,
  learnFromAnswers,
  MARKETING_STOPPED,
  observeBatcher,
  pgFailure,
  recordMarketingStops,
  recordOutcomes,
  SystemDb,
  type AttemptOutcome,
  type ClaimedMessage,
  type LeasedNumber,
  type RecordedOutcome,
} from '@parley/data';
import { DomainError, provenTenant } from '@parley/domain';
import type { SendOutcome } from '@parley/graph';
import { Metrics, ShutdownSteps } from '@parley/platform';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { PinoLogger } from 'nestjs-pino';
import { TemplateDrift } from '../templates/template-drift.js';
import { decideOutcome } from './decide-outcome.js';
import { RetryBudgets } from './retry-budgets.js';
import { ScopeHolds } from './scope-holds.js';
import { tellAttempt } from './tell-attempt.js';

/** How the end of an attempt is written. */
export type WriteOutcome = (outcome: AttemptOutcome) => Promise<RecordedOutcome | null>;

/** What differs for an attempt that ended before its POST. */
export interface SettleOptions {
  readonly write?: WriteOutcome;
  /** What tenants read where the outcome alone says too little. */
  readonly reason?: string | undefined;
}

/**
 * The end of an attempt: decides what follows, holds what has to be held, and records it. Records of all numbers of the
 * process share their sets.
 */
@Injectable()
export class SettleAttempt {
  private readonly records: Batcher<AttemptOutcome, RecordedOutcome | null>;

  constructor(
    private readonly db: SystemDb,
    private readonly holds: ScopeHolds,
    private readonly budgets: RetryBudgets,
    private readonly drift: TemplateDrift,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    this.records = new Batcher({
      name: 'record',
      run: (outcomes) => this.record(outcomes),
      keyOf: ({ messageId }) => messageId,
      bytesOf: ({ answer }) => 512 + (answer?.length ?? 0),
      observer: observeBatcher('record', metrics, logger),
    });
    shutdown.add('flush-batchers', 'records', () => this.records.close());
  }

  /** Null when the attempt was over before. */
  async settle(lease: LeasedNumber, message: ClaimedMessage, outcome: SendOutcome, options: SettleOptions = {}): Promise<RecordedOutcome | null> {
    const { tenantId, id: messageId, attemptId } = message;
    const { decision, hold, isRetry } = decideOutcome(outcome, message, Math.random());
    if (message.attempts === 0) this.budgets.noteSend(lease.numberId);
    if (isRetry) decision.retryInMs = (decision.retryInMs ?? 0) + this.budgets.charge(lease.numberId);
    const settled = { tenantId, messageId, attemptId, ...decision, reason: options.reason ?? decision.reason };
    // Before the record: with it the message may be claimed again.
    if (hold !== null) await this.persist(() => this.holds.begin(hold, { lease, message }));
    tellAttempt({ metrics: this.metrics, logger: this.logger }, message, outcome, settled);
    this.drift.note(lease.numberId, decision.errorCode);
    const { write = (one: AttemptOutcome) => this.records.add(one) } = options;
    const recorded = await this.persist(() => write(settled));
    if (decision.errorCode === MARKETING_STOPPED) await this.noteStop(message);
    if (recorded?.isDoubled) this.metrics.inc('message_duplicates_suspected_total');
    return recorded;
  }

  private async record(outcomes: readonly AttemptOutcome[]): Promise<(RecordedOutcome | null)[]> {
    const recorded = await recordOutcomes(this.db, outcomes);
    const renamed = outcomes.flatMap(({ tenantId, messageId, waId }) => (waId === null ? [] : [{ tenantId, messageId, waId }]));
    // The outcomes are committed: what is not learnt now, the next answer or status says again.
    await learnFromAnswers(this.db, renamed).catch(() => undefined);
    return recorded;
  }

  /** Of several in flight each says so. */
  private noteStop({ tenantId, contactId, id: messageId }: ClaimedMessage): Promise<void> {
    return this.persist(() => recordMarketingStops(this.db, [{ tenantId: provenTenant(tenantId), contactId, messageId, at: null }]));
  }

  /** What Meta said must not be lost to a short absence of the database: without it the row would end as UNKNOWN. */
  private persist<T>(work: () => Promise<T>): Promise<T> {
    return PERSIST.execute(work);
  }
}

const PERSIST = retry(handleWhen(isPassing), {
  maxAttempts: 12,
  backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 3_000 }),
});

/** The database is away, or made this set the victim of a deadlock once more: nothing is wrong with the outcome. */
function isPassing(error: unknown): boolean {
  return pgFailure(error) === 'transient' || (error instanceof DomainError && error.code === 'database.unavailable');
}
