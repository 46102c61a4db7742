import { setTimeout as delay } from 'node:timers/promises';
import type { Claims, ClaimedMessage, LeasedNumber, NumberLeases, SendingSweep } from '@parley/data';
import { HORIZON_MS, type PermitBackend, type SendPermits } from '@parley/limits';
import type { Metrics } from '@parley/platform';
import type { MessageSender } from './message-sender.js';
import { SendingCapacity } from './sending-capacity.js';

export interface NumberTurnParts {
  leases: NumberLeases;
  claims: Claims;
  sweep: SendingSweep;
  permits: SendPermits;
  sender: MessageSender;
  capacity: SendingCapacity;
  metrics: Metrics;
  /** Work that outlives the turn: POSTs under way. */
  track: (work: Promise<void>) => void;
  onError: (error: unknown) => void;
}

/** After so long a number goes back to the queue, so that many numbers share few workers. */
const TURN_MS = 2_000;
/** Rows of one claim: a set, but no more than what leaves soon at the pace of the number. */
const CLAIM_ROWS = 64;
const LEAST_CLAIM_ROWS = 16;
/** A slow limiter or a long wait must not outlive the lease of the claimed rows. */
const LONGEST_WAIT_MS = 1_000;

/** One number's turn: claim, permit, depart, until nothing is due, the time is over, or the lease is lost. */
export class NumberTurn {
  private limiter: PermitBackend | null;
  private sent = 0;
  /** Departures that are not marked yet: their marks need the epoch of this turn. */
  private readonly marking = new Set<Promise<void>>();

  constructor(
    private readonly lease: LeasedNumber,
    private readonly parts: NumberTurnParts,
  ) {
    this.limiter = lease.previousLimiter;
  }

  /** Returns how many messages departed. Its lease may be given back then, while their POSTs are under way. */
  async run(signal: AbortSignal): Promise<number> {
    try {
      return await this.sendDue(signal);
    } finally {
      await Promise.all(this.marking);
    }
  }

  private async sendDue(signal: AbortSignal): Promise<number> {
    const endsAt = performance.now() + TURN_MS;
    const soon = SendingCapacity.soonOf(this.lease.perSecond);
    while (!signal.aborted && performance.now() < endsAt) {
      await this.parts.capacity.soon.take(soon);
      let unused = soon;
      try {
        const rows = await this.parts.claims.claim(this.lease, Math.min(CLAIM_ROWS, Math.max(LEAST_CLAIM_ROWS, soon)));
        if (rows.length === 0) break;
        await this.wakeFreedPairs(rows);
        const departed = await this.depart(rows.filter((row) => row.state === 'DISPATCHED'), soon, signal);
        unused -= Math.min(soon, departed);
        this.sent += departed;
      } finally {
        this.parts.capacity.soon.giveBack(unused);
      }
    }
    return this.sent;
  }

  // A row may have been set to wait for a message whose outcome was being recorded at that moment: nobody would wake it.
  private async wakeFreedPairs(rows: readonly ClaimedMessage[]): Promise<void> {
    const waiting = rows.filter((row) => row.state === 'WAITING').map((row) => row.contactId);
    if (waiting.length === 0) return;
    const leaving = new Set(rows.filter((row) => row.state === 'DISPATCHED').map((row) => row.contactId));
    const contacts = [...new Set(waiting)].filter((contactId) => !leaving.has(contactId));
    if (contacts.length > 0) await this.parts.sweep.freePairs(this.lease.numberId, contacts);
  }

  /** Starts what has a permit, gives back the rest, and returns when the last start is over. */
  private async depart(ready: readonly ClaimedMessage[], soon: number, signal: AbortSignal): Promise<number> {
    if (ready.length === 0) return 0;
    const { startsAt, retryAfterMs } = await this.takeStarts(ready.length);
    const granted = ready.slice(0, startsAt.length);
    const lastInMs = granted.length > 0 ? startsAt[granted.length - 1]! - performance.now() : HORIZON_MS;
    this.observe(granted, lastInMs);
    await this.parts.claims.giveBack(ready.slice(granted.length));
    for (const [at, message] of granted.entries()) this.start(message, startsAt[at]!, at < soon);
    await pause(granted.length > 0 ? lastInMs : retryAfterMs, signal);
    return granted.length;
  }

  private observe(leaving: readonly ClaimedMessage[], lastInMs: number): void {
    const { metrics } = this.parts;
    const secondsLeft = 1 - Math.min(1, Math.max(0, lastInMs) / HORIZON_MS);
    metrics.set('whatsapp_rate_limit_remaining', Math.floor(secondsLeft * this.lease.perSecond));
    for (const { attempts, ageSeconds } of leaving) if (attempts === 0) metrics.observe('outbound_message_due_wait_seconds', ageSeconds);
  }

  /** Start times by performance.now(), rising. */
  private async takeStarts(count: number): Promise<{ startsAt: number[]; retryAfterMs: number }> {
    const { numberId, perSecond } = this.lease;
    const permits = await this.parts.permits.take({ numberId, perSecond, count, previousBackend: this.limiter });
    const now = performance.now();
    await this.noteLimiter(permits.backend);
    return { startsAt: permits.startsAtMs.map((inMs) => now + inMs), retryAfterMs: permits.retryAfterMs };
  }

  private async takeStart(): Promise<number> {
    for (;;) {
      const { startsAt, retryAfterMs } = await this.takeStarts(1);
      if (startsAt[0] !== undefined) return startsAt[0];
      await delay(retryAfterMs);
    }
  }

  private async noteLimiter(backend: PermitBackend): Promise<void> {
    if (backend === this.limiter) return;
    this.limiter = backend;
    await this.parts.leases.noteLimiter(this.lease, backend);
  }

  private start(message: ClaimedMessage, startsAt: number, isSoon: boolean): void {
    const { sender, sweep, capacity, track, onError } = this.parts;
    let isCounted = isSoon;
    const { promise: marked, resolve: isMarked } = Promise.withResolvers<void>();
    this.marking.add(marked);
    void marked.then(() => this.marking.delete(marked));
    const hasSlot = (): void => {
      if (isCounted) capacity.soon.giveBack();
      isCounted = false;
    };
    const work = async (): Promise<void> => {
      try {
        const { pairAwaited } = await sender.send({ lease: this.lease, message, startsAt, retake: () => this.takeStart(), hasSlot, isMarked });
        if (pairAwaited) await sweep.freePairs(this.lease.numberId, [message.contactId]);
      } catch (error) {
        // The row keeps its lease; the sweeper sets it right when that runs out.
        onError(error);
      } finally {
        hasSlot();
        isMarked();
      }
    };
    track(work());
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 1) await delay(Math.min(ms, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
}
