import { setTimeout as delay } from 'node:timers/promises';
import type { Claims, ClaimedMessage, LeasedNumber, NumberLeases, SendingSweep } from '@parley/data';
import { HORIZON_MS, type Governor, type PermitBackend } from '@parley/limits';
import type { Metrics } from '@parley/platform';
import { LONGEST_WAIT_MS, sortOut, type Admitted } from './admitted.js';
import type { FairSemaphore, Party } from './fair-semaphore.js';
import { candidateOf, governedNumber, partyOf } from './governed.js';
import { lowClaimAfter, type LowClaim } from './low-lanes.js';
import type { MessageSender } from './message-sender.js';
import type { SendingCapacity } from './sending-capacity.js';

export interface NumberTurnParts {
  leases: NumberLeases;
  claims: Claims;
  sweep: SendingSweep;
  governor: Governor;
  sender: MessageSender;
  capacity: SendingCapacity;
  metrics: Metrics;
  /** How many rows the breaker of the number lets be claimed now. */
  limitOf: (lease: LeasedNumber) => number;
  /** Work that outlives the turn: POSTs under way. */
  track: (work: Promise<void>) => void;
  onError: (error: unknown) => void;
}

/** After so long a number goes back to the queue where others wait, so that many numbers share few workers. */
const TURN_MS = 2_000;
/** After so long in any case: another worker may have more room. */
const LONGEST_TURN_MS = 60_000;
/** Rows of one claim: a set, but no more than what leaves soon at the pace of the number. */
const CLAIM_ROWS = 128;
const LEAST_CLAIM_ROWS = 16;
/** Most numbers that are woken have a message or two: the first claim of a turn takes few places. Each next one takes twice as many. */
const FIRST_ROWS = 8;

/** Starts within this time of the earliest possible are not held back by the limits of the number. */
const AT_ONCE_MS = 20;

/** When a claimed message may leave. */
interface Start {
  startsAt: number;
  /** performance.now() before its claim. */
  claimedAt: number;
  /** Whether it is among those for which places were taken. */
  isSoon: boolean;
}

/** Claimed rows, and what was asked for. */
interface ClaimedSet {
  rows: readonly ClaimedMessage[];
  limit: number;
  /** The places that were taken for them. */
  soon: number;
  /** performance.now() before the claim. */
  claimedAt: number;
  low: LowClaim | null;
}

/** How a turn went. */
export interface TurnEnd {
  readonly lease: LeasedNumber;
  /** Messages that departed. */
  readonly sent: number;
  readonly lateMs: number;
}

/** One number's turn: claim, permit, depart, until nothing is due, the time is over, or the lease is lost. */
export class NumberTurn {
  private limiter: PermitBackend | null;
  private sent = 0;
  /** How late the last ones left although the number might have sent them at once. */
  private lateMs = 0;
  private readonly startedAt = performance.now();
  private endsAt = this.startedAt + TURN_MS;
  private readonly party: Party;
  /** Departures that are not marked yet: their marks need the epoch of this turn. */
  private readonly marking = new Set<Promise<void>>();
  private low: LowClaim | null = null;
  /** Rows of the next claim at most. */
  private most = 2 * FIRST_ROWS;
  /** Lanes that were found empty are not asked again in this turn. */
  private emptyFrom = Infinity;

  private constructor(
    private lease: LeasedNumber,
    private readonly parts: NumberTurnParts,
  ) {
    this.limiter = lease.previousLimiter;
    this.party = partyOf(lease);
  }

  /**
   * Takes the number and sends what is due; null when it is not to be had. The number can be given back then, while POSTs
   * are under way.
   */
  static async run(numberId: string, party: Party, parts: NumberTurnParts, signal: AbortSignal): Promise<TurnEnd | null> {
    const opened = await parts.capacity.courtesy.inTurn(party, () => openNumber(numberId, party, parts, signal));
    if (!opened) return null;
    const turn = new NumberTurn(opened.lease, parts);
    await turn.sendDue(opened.first, signal).catch(parts.onError);
    await Promise.all(turn.marking);
    return { lease: turn.lease, sent: turn.sent, lateMs: turn.lateMs };
  }

  private async sendDue(first: ClaimedSet, signal: AbortSignal): Promise<void> {
    let set: ClaimedSet | null = first;
    while (set !== null) {
      const isDrained = await this.leave(set, signal);
      // Somebody with less may wait for a turn: this number is woken again.
      if (isDrained || this.parts.capacity.turns.isWantedBy(this.party)) return;
      set = await this.claimNext(signal);
    }
  }

  /** Null when the turn is over. */
  private async claimNext(signal: AbortSignal): Promise<ClaimedSet | null> {
    if (signal.aborted || !(await this.goesOn())) return null;
    const { claims, capacity, limitOf } = this.parts;
    const { low } = this;
    const { courtesy } = capacity;
    const most = courtesy.rowsOf(this.party, this.most);
    const soon = Math.min(most, capacity.soonOf(this.lease.perSecond, this.aheadMs));
    await courtesy.wait(this.party, most, signal);
    return inPlaces(capacity.soon, this.party, soon, async () => {
      const probes = limitOf(this.lease);
      if (probes === 0) return null;
      const limit = Math.min(probes, low?.limit ?? Math.min(most, Math.max(LEAST_CLAIM_ROWS, soon)));
      this.most = Math.min(CLAIM_ROWS, 2 * this.most);
      const claimedAt = performance.now();
      const rows = await claims.claim(this.lease, limit, low?.fromLane);
      courtesy.noteClaim(this.party, rows.length, !low && rows.length === limit);
      return { rows, limit, soon, claimedAt, low };
    });
  }

  /** Lets the claimed rows depart. True when nothing was due beyond them: what came meanwhile is seen when the number is given back. */
  private async leave(set: ClaimedSet, signal: AbortSignal): Promise<boolean> {
    const { rows, limit, soon, low } = set;
    const ready = rows.filter((row) => row.state === 'DISPATCHED');
    let unused = soon;
    try {
      await this.wakeFreedPairs(rows);
      const departed = await this.depart(ready, set, signal);
      unused -= Math.min(soon, departed);
      this.sent += departed;
      if (low && rows.length === 0) this.emptyFrom = Math.min(this.emptyFrom, low.fromLane);
      this.low = low ? null : lowClaimAfter({ lanes: rows.map(({ lane }) => lane), limit, departed, emptyFrom: this.emptyFrom }, Math.random);
      return !low && rows.length < limit && departed === ready.length;
    } finally {
      this.parts.capacity.soon.giveBack(this.party, unused);
    }
  }

  /** Where nobody wants its place, a turn goes on beyond its time, with what is known of the number by then: ending it costs starts. */
  private async goesOn(): Promise<boolean> {
    const { leases, capacity } = this.parts;
    const now = performance.now();
    if (now < this.endsAt) return true;
    if (now > this.startedAt + LONGEST_TURN_MS || capacity.isAwaited) return false;
    const renewed = await leases.renew(this.lease);
    if (!renewed) return false;
    this.lease = renewed;
    this.endsAt = now + TURN_MS;
    return true;
  }

  /** So long before the last start of a set the next one is claimed: nothing starts while nothing is at hand. */
  private get aheadMs(): number {
    return 2 * this.parts.capacity.claimLead.ms + this.parts.sender.leadMs;
  }

  // A row may have been set to wait for a message whose outcome was being recorded at that moment: nobody would wake it.
  private async wakeFreedPairs(rows: readonly ClaimedMessage[]): Promise<void> {
    const waiting = rows.filter((row) => row.state === 'WAITING').map((row) => row.contactId);
    if (waiting.length === 0) return;
    const leaving = new Set(rows.filter((row) => row.state === 'DISPATCHED').map((row) => row.contactId));
    const contacts = [...new Set(waiting)].filter((contactId) => !leaving.has(contactId));
    if (contacts.length > 0) await this.parts.sweep.freePairs(this.lease.numberId, contacts);
  }

  /** Starts what may go, lets the rest wait, and returns when it is time to claim the next. */
  private async depart(ready: readonly ClaimedMessage[], { rows, limit, claimedAt, soon }: ClaimedSet, signal: AbortSignal): Promise<number> {
    if (ready.length === 0) return 0;
    const { claims, capacity } = this.parts;
    const { leaving, tooFast, aside, retryInMs } = await this.admit(ready, rows.length < Math.min(limit, FIRST_ROWS));
    capacity.claimLead.note(performance.now() - claimedAt);
    const lastInMs = leaving.length > 0 ? leaving.at(-1)!.startsAt - performance.now() : HORIZON_MS;
    this.observe(leaving, lastInMs);
    await Promise.all([claims.giveBack(tooFast), claims.setAside(aside)]);
    for (const [at, { message, startsAt }] of leaving.entries()) this.start(message, { startsAt, claimedAt, isSoon: at < soon });
    if (leaving.length > 0) await pause(lastInMs - this.aheadMs, signal);
    else if (tooFast.length > 0) await pause(retryInMs, signal);
    return leaving.length;
  }

  private async admit(ready: readonly ClaimedMessage[], isFew: boolean): Promise<Admitted> {
    const { governor, sender } = this.parts;
    const { admissions, backend } = await governor.admit(governedNumber(this.lease, this.limiter), ready.map(candidateOf), isFew ? sender.shortLeadMs : sender.leadMs);
    const admitted = sortOut(ready, admissions);
    await this.noteLimiter(backend);
    return admitted;
  }

  private observe(leaving: Admitted['leaving'], lastInMs: number): void {
    const { metrics, sender } = this.parts;
    const secondsLeft = 1 - Math.min(1, Math.max(0, lastInMs) / HORIZON_MS);
    metrics.set('whatsapp_rate_limit_remaining', Math.floor(secondsLeft * this.lease.perSecond));
    const dueSeconds = leaving.flatMap(({ message }) => (message.attempts === 0 ? [message.dueSeconds] : []));
    for (const seconds of dueSeconds) metrics.observe('outbound_message_due_wait_seconds', seconds);
    const firstInMs = leaving.length > 0 ? leaving[0]!.startsAt - performance.now() : HORIZON_MS;
    // A number that is at its limit has starts ahead: what waits for them is not late.
    this.lateMs = firstInMs <= sender.leadMs + AT_ONCE_MS ? 1_000 * Math.max(0, ...dueSeconds) : 0;
  }

  private async takeStart(): Promise<number> {
    for (;;) {
      const { startsAtMs, backend, retryAfterMs } = await this.parts.governor.retake(governedNumber(this.lease, this.limiter), 1);
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

  private start(message: ClaimedMessage, { startsAt, claimedAt, isSoon }: Start): void {
    const { sender, sweep, capacity, governor, track, onError } = this.parts;
    let isCounted = isSoon;
    const { promise: marked, resolve: isMarked } = Promise.withResolvers<void>();
    this.marking.add(marked);
    const heldMs = Math.max(0, startsAt - sender.leadMs - performance.now());
    void marked.then(() => {
      this.marking.delete(marked);
      capacity.courtesy.noteMessage(this.party, performance.now() - claimedAt - heldMs);
    });
    const hasSlot = (): void => {
      if (isCounted) capacity.soon.giveBack(this.party);
      isCounted = false;
    };
    const work = async (): Promise<void> => {
      try {
        const { end, pairAwaited } = await sender.send({ lease: this.lease, message, startsAt, retake: () => this.takeStart(), hasSlot, isMarked });
        if (pairAwaited) await sweep.freePairs(this.lease.numberId, [message.contactId]);
        if (end === 'fenced') await governor.giveBack(governedNumber(this.lease, this.limiter), [candidateOf(message)]);
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

/** Takes the number with the first that may leave; null where it is not to be had, or nobody should begin any more. */
async function openNumber(numberId: string, party: Party, { capacity, claims, limitOf }: NumberTurnParts, signal: AbortSignal): Promise<{ lease: LeasedNumber; first: ClaimedSet } | null> {
  const { courtesy, soon: places } = capacity;
  const soon = courtesy.rowsOf(party, FIRST_ROWS);
  await courtesy.wait(party, soon, signal);
  if (signal.aborted) return null;
  const claimedAt = performance.now();
  return inPlaces(places, party, soon, async () => {
    const opened = await claims.open(numberId, soon);
    if (!opened) return null;
    const { lease, rows } = opened;
    // Behind a breaker that is not closed nothing was asked for.
    const limit = lease.breaker === null ? Math.min(soon, limitOf(lease)) : 0;
    courtesy.noteClaim(party, rows.length, limit > 0 && rows.length === limit);
    return { lease, first: { rows, limit, soon, claimedAt, low: null } };
  });
}

/** Places for a claim: held for what it returns, given back when that is nothing. */
async function inPlaces<T>(places: FairSemaphore, party: Party, amount: number, claim: () => Promise<T | null>): Promise<T | null> {
  await places.take(party, amount);
  let claimed: T | null = null;
  try {
    claimed = await claim();
    return claimed;
  } finally {
    if (claimed === null) places.giveBack(party, amount);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 1) await delay(Math.min(ms, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
}
