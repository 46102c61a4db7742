import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Claims, NumberLeases, SendingSweep, SystemDb } from '@parley/data';
import { Governor } from '@parley/limits';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import type { Party } from './fair-semaphore.js';
import { partyOf } from './governed.js';
import { MessageSender } from './message-sender.js';
import { NumberBreakers } from './number-breakers.js';
import { NumberTurn } from './number-turn.js';
import { SendingCapacity } from './sending-capacity.js';

/** Numbers whose tenant is remembered: it never changes. */
const MAX_PARTIES = 50_000;
/** Numbers that wait in this process at most: beyond that the wake-ups stay in the queue, for other workers. */
const MAX_WAITING = 2_000;

/** A number that waits for its turn or is in it. */
interface Presence {
  /** It is being given back: what is due was looked at, and a wake-up that comes now may tell of more. */
  isEnding: boolean;
  isWokenAgain: boolean;
}

/**
 * Runs turns of sending. One number is in at most one turn of this process, and by its lease in one process at all. Turns
 * are shared among tenants: a tenant with a thousand busy numbers does not keep the one number of another waiting.
 */
@Injectable()
export class NumberTurns {
  private readonly leases: NumberLeases;
  private readonly claims: Claims;
  private readonly parties = new Map<string, Party>();
  /** Numbers that wait for their turn or are in it. */
  private readonly present = new Map<string, Presence>();
  private readonly underway = new Set<Promise<void>>();

  constructor(
    db: SystemDb,
    private readonly capacity: SendingCapacity,
    private readonly sweep: SendingSweep,
    private readonly governor: Governor,
    private readonly breakers: NumberBreakers,
    private readonly sender: MessageSender,
    private readonly producer: JobProducer,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    this.leases = new NumberLeases(db);
    this.claims = new Claims(db, randomUUID());
    shutdown.add('finish-jobs', 'sends', () => this.settle());
  }

  /**
   * Sees to it that the number gets a turn here, if no other worker sends for it. Returns at once, unless so many wait that
   * others should see to the next ones.
   */
  async wake(numberId: string, signal: AbortSignal): Promise<void> {
    const turn = this.run(numberId, signal).catch((error: unknown) => this.onError(error));
    this.track(turn);
    if (this.present.size > MAX_WAITING) await turn;
  }

  /** Sends what is due for the number, if no other worker does. Wakes the number again when work is left. */
  async run(numberId: string, signal: AbortSignal): Promise<void> {
    const known = this.present.get(numberId);
    if (known) known.isWokenAgain = known.isEnding;
    if (known || signal.aborted) return;
    const presence: Presence = { isEnding: false, isWokenAgain: false };
    this.present.set(numberId, presence);
    try {
      const party = await this.partyOf(numberId);
      if (party === null) return;
      await this.capacity.turns.take(party);
      try {
        if (!signal.aborted) await this.takeTurn(numberId, { party, presence }, signal);
      } finally {
        this.capacity.turns.giveBack(party);
      }
    } finally {
      this.present.delete(numberId);
      this.metrics.set('number_leases', this.capacity.turns.taken);
      const { limit } = this.capacity.courtesy;
      this.metrics.set('outbound_courtesy_per_second', limit === Infinity ? 0 : limit);
    }
  }

  private async takeTurn(numberId: string, { party, presence }: { party: Party; presence: Presence }, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    this.metrics.set('number_leases', this.capacity.turns.taken);
    const turn = await NumberTurn.run(numberId, party, this.parts(), signal);
    if (!turn) return;
    this.parties.set(numberId, partyOf(turn.lease));
    presence.isEnding = true;
    const isDue = await this.leases.release(turn.lease, turn.lateMs);
    this.metrics.observe('outbound_message_turn_seconds', (performance.now() - startedAt) / 1_000);
    logEvent(this.logger, 'number.turn_ended', { numberId, sent: turn.sent, due: isDue });
    if ((isDue || presence.isWokenAgain) && !signal.aborted) this.producer.wake('number.wake', { numberId });
  }

  /** Null for a number that there is not. */
  private async partyOf(numberId: string): Promise<Party | null> {
    const known = this.parties.get(numberId);
    if (known) return known;
    const owner = await this.leases.ownerOf(numberId);
    if (owner === null) return null;
    if (this.parties.size >= MAX_PARTIES) this.parties.delete(this.parties.keys().next().value!);
    this.parties.set(numberId, partyOf(owner));
    return partyOf(owner);
  }

  private parts() {
    const { leases, claims, sweep, governor, sender, capacity, metrics, breakers } = this;
    return {
      leases, claims, sweep, governor, sender, capacity, metrics,
      limitOf: breakers.limitOf.bind(breakers),
      track: (work: Promise<void>) => this.track(work),
      onError: (error: unknown) => this.onError(error),
    };
  }

  private track(work: Promise<void>): void {
    this.underway.add(work);
    void work.finally(() => this.underway.delete(work));
  }

  private onError(error: unknown): void {
    logEvent(this.logger, 'job.failed', { job: 'number.wake', err: error instanceof Error ? error : new Error(String(error)) });
  }

  private async settle(): Promise<void> {
    while (this.underway.size > 0) await Promise.allSettled(this.underway);
  }
}
