import { setTimeout as delay } from 'node:timers/promises';
import type { Claims, ClaimedMessage, LeasedNumber, NumberLeases, SendingSweep } from '@parley/data';
import { HORIZON_MS, type PermitBackend, type SendPermits } from '@parley/limits';
import type { Metrics } from '@parley/platform';
import type { MessageSender } from './message-sender.js';
import type { SendingSlots } from './sending-slots.js';

export interface NumberTurnParts {
  leases: NumberLeases;
  claims: Claims;
  sweep: SendingSweep;
  permits: SendPermits;
  sender: MessageSender;
  slots: SendingSlots;
  metrics: Metrics;
  /** Work that outlives the turn: POSTs under way. */
  track: (work: Promise<void>) => void;
  onError: (error: unknown) => void;
}

/** After so long a number goes back to the queue, so that many numbers share few workers. */
const TURN_MS = 2_000;
/** Rows of one claim. Small enough that several numbers share the slots, large enough to be a set. */
const CLAIM_ROWS = 32;
/** A slow limiter or a long wait must not outlive the lease of the claimed rows. */
const LONGEST_WAIT_MS = 1_000;

/** One number's turn: claim, permit, depart, until nothing is due, the time is over, or the lease is lost. */
export class NumberTurn {
  private limiter: PermitBackend | null;
  private sent = 0;

  constructor(
    private readonly lease: LeasedNumber,
    private readonly parts: NumberTurnParts,
  ) {
    this.limiter = lease.previousLimiter;
  }

  /** Returns how many messages departed. */
  async run(signal: AbortSignal): Promise<number> {
    const endsAt = performance.now() + TURN_MS;
    while (!signal.aborted && performance.now() < endsAt) {
      const taken = await this.parts.slots.take(Math.min(CLAIM_ROWS, this.lease.perSecond));
      let used = 0;
      try {
        const rows = await this.parts.claims.claim(this.lease, taken);
        if (rows.length === 0) break;
        await this.wakeFreedPairs(rows);
        const ready = rows.filter((row) => row.state === 'DISPATCHED');
        used = await this.depart(ready, signal);
        this.sent += used;
      } finally {
        this.parts.slots.giveBack(taken - used);
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
  private async depart(ready: readonly ClaimedMessage[], signal: AbortSignal): Promise<number> {
    if (ready.length === 0) return 0;
    const { numberId, perSecond } = this.lease;
    const permits = await this.parts.permits.take({ numberId, perSecond, count: ready.length, previousBackend: this.limiter });
    const grantedAt = performance.now();
    await this.noteLimiter(permits.backend);
    const granted = ready.slice(0, permits.startsAtMs.length);
    this.observe(granted, permits.startsAtMs);
    await this.parts.claims.giveBack(ready.slice(granted.length));
    for (const [at, message] of granted.entries()) this.start(message, grantedAt + permits.startsAtMs[at]!);
    const waitMs = granted.length > 0 ? permits.startsAtMs[granted.length - 1]! : permits.retryAfterMs;
    if (waitMs > 1) await delay(Math.min(waitMs, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
    return granted.length;
  }

  private observe(granted: readonly ClaimedMessage[], startsAtMs: readonly number[]): void {
    const { metrics } = this.parts;
    const secondsLeft = 1 - Math.min(1, Math.max(0, startsAtMs.at(-1) ?? HORIZON_MS) / HORIZON_MS);
    metrics.set('whatsapp_rate_limit_remaining', Math.floor(secondsLeft * this.lease.perSecond));
    for (const { attempts, ageSeconds } of granted) if (attempts === 0) metrics.observe('outbound_message_due_wait_seconds', ageSeconds);
  }

  private async takeStart(): Promise<number> {
    const { numberId, perSecond } = this.lease;
    for (;;) {
      const { startsAtMs, retryAfterMs, backend } = await this.parts.permits.take({ numberId, perSecond, count: 1, previousBackend: this.limiter });
      const now = performance.now();
      await this.noteLimiter(backend);
      if (startsAtMs[0] !== undefined) return now + startsAtMs[0];
      await delay(retryAfterMs);
    }
  }

  private async noteLimiter(backend: PermitBackend): Promise<void> {
    if (backend === this.limiter) return;
    this.limiter = backend;
    await this.parts.leases.noteLimiter(this.lease, backend);
  }

  private start(message: ClaimedMessage, startsAt: number): void {
    const { sender, slots, sweep, track, onError } = this.parts;
    let slotIsHeld = true;
    const freeSlot = () => {
      if (slotIsHeld) slots.giveBack(1);
      slotIsHeld = false;
    };
    const work = async (): Promise<void> => {
      try {
        const { pairAwaited } = await sender.send({ lease: this.lease, message, startsAt, retake: () => this.takeStart() }, freeSlot);
        if (pairAwaited) await sweep.freePairs(this.lease.numberId, [message.contactId]);
      } catch (error) {
        // The row keeps its lease; the sweeper sets it right when that runs out.
        onError(error);
      } finally {
        freeSlot();
      }
    };
    track(work());
  }
}
