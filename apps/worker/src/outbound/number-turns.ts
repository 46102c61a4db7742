import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Claims, NumberLeases, SendingSweep, SystemDb } from '@parley/data';
import { SendPermits } from '@parley/limits';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { MessageSender } from './message-sender.js';
import { NumberTurn } from './number-turn.js';
import { SendingCapacity } from './sending-capacity.js';

/** Runs turns of sending. One number is in at most one turn of this process, and by its lease in one process at all. */
@Injectable()
export class NumberTurns {
  private readonly leases: NumberLeases;
  private readonly claims: Claims;
  private readonly active = new Set<string>();
  private readonly underway = new Set<Promise<void>>();

  constructor(
    db: SystemDb,
    private readonly capacity: SendingCapacity,
    private readonly sweep: SendingSweep,
    private readonly permits: SendPermits,
    private readonly sender: MessageSender,
    private readonly producer: JobProducer,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    this.leases = new NumberLeases(db, randomUUID());
    this.claims = new Claims(db);
    shutdown.add('finish-jobs', 'sends', () => this.settle());
  }

  /** Sends what is due for the number, if no other worker does. Wakes the number again when work is left. */
  async run(numberId: string, signal: AbortSignal): Promise<void> {
    if (this.active.has(numberId) || signal.aborted) return;
    this.active.add(numberId);
    const startedAt = performance.now();
    try {
      const lease = await this.leases.take(numberId);
      if (!lease) return;
      this.metrics.set('number_leases', this.active.size);
      const sent = await new NumberTurn(lease, { ...this.parts() }).run(signal).catch((error: unknown) => {
        this.onError(error);
        return 0;
      });
      const isDue = await this.leases.release(lease);
      logEvent(this.logger, 'number.turn_ended', { numberId, sent, due: isDue });
      if (isDue && !signal.aborted) this.producer.wake('number.wake', { numberId });
    } finally {
      this.active.delete(numberId);
      this.metrics.set('number_leases', this.active.size);
      this.metrics.observe('outbound_message_turn_seconds', (performance.now() - startedAt) / 1_000);
    }
  }

  private parts() {
    const { leases, claims, sweep, permits, sender, capacity, metrics } = this;
    const track = (work: Promise<void>): void => {
      this.underway.add(work);
      void work.finally(() => this.underway.delete(work));
    };
    return { leases, claims, sweep, permits, sender, capacity, metrics, track, onError: (error: unknown) => this.onError(error) };
  }

  private onError(error: unknown): void {
    logEvent(this.logger, 'job.failed', { job: 'number.wake', err: error instanceof Error ? error : new Error(String(error)) });
  }

  private async settle(): Promise<void> {
    while (this.underway.size > 0) await Promise.allSettled(this.underway);
  }
}
