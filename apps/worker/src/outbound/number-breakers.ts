import { Injectable } from '@nestjs/common';
import { Holds, keepBreaker, noteProbing, SystemDb, type LeasedNumber } from '@parley/data';
import type { SendOutcome } from '@parley/graph';
import { logEvent, Metrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { NumberBreaker, openForMs, type BreakerChange } from './number-breaker.js';

/** The reason of a hold that a breaker makes. */
const REASON = 'graph.failing';
const MAX_NUMBERS = 20_000;

interface Kept {
  readonly breaker: NumberBreaker;
  /** Of the lease that it was last asked for. */
  readonly epoch: string;
}

/**
 * One circuit breaker per number: trouble of one never stops another. Open it is a hold of the number, which keeps every
 * worker from leasing it; the database counts that time. Its state stands with the number, so that whoever leases it
 * next begins with the probes. What failed while it is closed is counted in each process.
 */
@Injectable()
export class NumberBreakers {
  private readonly kept = new Map<string, Kept>();
  private readonly holds: Holds;

  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {
    this.holds = new Holds(db);
  }

  /**
   * How many messages the number may claim now: Infinity while it is closed, 0 while it is open or its probes are out,
   * else the probes, once. With 0 the turn ends; whatever changes the breaker wakes the number.
   */
  limitOf(lease: LeasedNumber): number {
    return this.of(lease).takeLimit();
  }

  /** Call it before the POST of a message: the first probe keeps others from leasing the number. */
  async begin(lease: LeasedNumber): Promise<void> {
    const known = this.kept.get(lease.numberId);
    if (known?.epoch === lease.epoch && known.breaker.beginProbing()) await noteProbing(this.db, lease);
  }

  /** Takes in how a POST ended. What that changes is kept when this resolves. */
  async note(lease: LeasedNumber, outcome: SendOutcome): Promise<void> {
    const failed = hasFailed(outcome);
    const known = this.kept.get(lease.numberId);
    if (failed === null || !known) return;
    // What left in an earlier turn says nothing of the probes of this one.
    if (!known.breaker.isClosed && known.epoch !== lease.epoch) return;
    const change = known.breaker.note(failed);
    if (change !== null) await this.keep(lease, known.breaker, change);
  }

  private of(lease: LeasedNumber): NumberBreaker {
    const known = this.kept.get(lease.numberId);
    if (known?.epoch === lease.epoch) return known.breaker;
    const openings = lease.breaker?.openings ?? 0;
    // Closed, it goes on counting from turn to turn; else the word of the database counts: its time is over.
    const breaker = openings === 0 && known?.breaker.isClosed ? known.breaker : new NumberBreaker(openings);
    if (!known && this.kept.size >= MAX_NUMBERS) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(lease.numberId, { breaker, epoch: lease.epoch });
    return breaker;
  }

  private async keep(lease: LeasedNumber, { openings }: NumberBreaker, change: BreakerChange): Promise<void> {
    const { tenantId, numberId } = lease;
    const openMs = change === 'opened' ? openForMs(openings, Math.random()) : null;
    logEvent(this.logger, 'number.breaker_changed', { numberId, to: change, openings, openMs });
    this.metrics.inc('number_breaker_changes_total', { to: change });
    if (change === 'closed') {
      await keepBreaker(this.db, lease, null);
      this.producer.wake('number.wake', { numberId });
      return;
    }
    // The hold first: without it the number would be leased at once.
    await this.holds.begin({ tenantId, scope: 'number', scopeId: numberId, cause: 'breaker', reason: REASON, actor: 'system', untilMs: openMs });
    await keepBreaker(this.db, lease, { openings });
  }
}

/** Whether Graph failed the number; null for what says nothing about it. A plain refusal shows that Graph is well. */
function hasFailed(outcome: SendOutcome): boolean | null {
  switch (outcome.kind) {
    case 'accepted':
      return false;
    case 'unknown':
      return outcome.reason === 'aborted' ? null : true;
    // We ended it ourselves: the process shuts down.
    case 'not-sent':
      return outcome.reason === 'aborted' || outcome.reason === 'closed' ? null : true;
    case 'refused':
      return outcome.classification.class === 'retry';
  }
}
