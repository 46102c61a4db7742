import { setTimeout as delay } from 'node:timers/promises';
import type { Party } from './fair-semaphore.js';
import { Semaphore } from './semaphore.js';

/** A message was kept by others when it took so many times as long, from its wake-up to its way to Meta, as nearly all take without a backlog. */
const SLOW_FACTOR = 1.1;
/** What nearly all take then, in ms, at least and at most. */
const LEAST_USUAL_MS = 12;
const LONGEST_USUAL_MS = 100;
/** With these, 19 of 20 take less: each that takes longer raises it, each other one lowers it by a nineteenth of that. */
const USUAL_UP = 1.1;
const USUAL_DOWN = USUAL_UP ** (-1 / 19);
/** What those with a backlog may send together at first, messages a second, and at least. */
const FIRST_PER_SECOND = 60;
const LEAST_PER_SECOND = 20;
/** While quiet messages are in time they may send so much more each second; each slow one takes so much away, ten times a second at most. */
const GROWTH_PER_SECOND = 1.3;
const CUT = 0.5;
const CUT_EVERY_MS = 100;
/** A backlog can be in the way of whoever sends so little, messages a second, or a fourth of what it sends. */
const LITTLE_PER_SECOND = 40;
const MUCH = 4;
/** A claim for longer than this would be a burst. */
const LONGEST_CLAIM_MS = 50;
const LEAST_ROWS = 4;
/** A wait must not outlive the lease of the number, nor by much the reason for it. */
const LONGEST_WAIT_MS = 2_000;
/** For so long a full claim says that there is more. */
const BACKLOG_KEPT_MS = 1_000;
/** After so long without one, a party sends now and then: the end of a backlog is no quiet sender. */
const QUIET_AFTER_MS = 10_000;
/** Whoever sent within this time may send again: a backlog that begins does so slowly. */
const MAY_SEND_MS = 60_000;
/** After so long without a quiet message nobody minds. */
const MINDED_MS = 5_000;
/** So many numbers of a party are opened at a time while somebody else may send: the first of a backlog tell of it before the others add to it. */
const OPENED_AT_A_TIME = 2;
const MAX_PARTIES = 10_000;

interface Sending {
  /** Messages a second, lately and for its weight: each counts for a second, less and less. */
  rate: number;
  at: number;
  /** When a claim was last full. */
  backlogAt: number;
  readonly opens: Semaphore;
}

/**
 * Whoever has a backlog takes all of a machine that there is, and everybody's next message then waits for a core at each
 * step. While somebody else sends now and then, those with a backlog send only as fast as leaves its messages in time:
 * more with each one that was, less with each that was slow. Where nobody minds they send as fast as they can.
 */
export class Courtesy {
  private readonly parties = new Map<string, Sending>();
  /** Those whose last claims were full. */
  private readonly backlogged = new Set<Sending>();
  /** Whose message was the last of a quiet party. */
  private lastQuiet: Sending | undefined;
  private perSecond = Infinity;
  private usualMs = LEAST_USUAL_MS;
  private freeAt = 0;
  private mindedAt = -Infinity;
  private cutAt = -Infinity;

  /** @param now a clock of milliseconds that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** What those with a backlog may send together, messages a second; Infinity while nobody minds. */
  get limit(): number {
    if (this.now() - this.mindedAt > MINDED_MS) this.perSecond = Infinity;
    return this.perSecond;
  }

  /** Takes in that a claim of the party brought so many rows, and whether it was full. */
  noteClaim(party: Party, rows: number, isFull: boolean): void {
    const sending = this.of(party);
    sending.rate = this.rateOf(sending) + rows / party.weight;
    sending.at = this.now();
    if (!isFull) return;
    const begins = !this.hasBacklog(sending);
    sending.backlogAt = sending.at;
    this.backlogged.add(sending);
    if (begins && this.limit === Infinity && this.isMindedBy(this.lastQuiet, sending)) this.begin();
  }

  /** Takes in how long a message of the party took from its wake-up to its POST, in ms. */
  noteMessage(party: Party, tookMs: number): void {
    const own = this.of(party);
    const now = this.now();
    if (now - own.backlogAt < QUIET_AFTER_MS) return;
    this.lastQuiet = own;
    const limit = this.limit;
    if (!this.isKept(own)) return limit === Infinity ? this.noteUsual(tookMs) : undefined;
    if (limit === Infinity) return this.begin();
    const quietForMs = now - this.mindedAt;
    this.mindedAt = now;
    if (tookMs <= SLOW_FACTOR * this.usualMs) this.perSecond = limit * GROWTH_PER_SECOND ** (quietForMs / 1_000);
    else if (now - this.cutAt >= CUT_EVERY_MS) {
      this.perSecond = Math.max(LEAST_PER_SECOND, limit * CUT);
      this.cutAt = now;
    }
  }

  /** How many rows the next claim of the party may bring, of those that it would. */
  rowsOf(party: Party, wanted: number): number {
    if (this.limit === Infinity || !this.hasBacklog(this.of(party))) return wanted;
    return Math.min(wanted, Math.max(LEAST_ROWS, Math.floor((this.limit * LONGEST_CLAIM_MS) / 1_000)));
  }

  /** Opens a number of the party: while somebody else may send, a few at a time. */
  async inTurn<T>(party: Party, open: () => Promise<T>): Promise<T> {
    const sending = this.of(party);
    if (!this.maySend(this.lastQuiet) || this.lastQuiet === sending) return open();
    await sending.opens.take();
    try {
      return await open();
    } finally {
      sending.opens.giveBack();
    }
  }

  /** Waits until the party may claim so many. */
  async wait(party: Party, rows: number, signal: AbortSignal): Promise<void> {
    const sending = this.of(party);
    if (this.limit === Infinity || !this.hasBacklog(sending)) return;
    const now = this.now();
    this.freeAt = Math.min(now + LONGEST_WAIT_MS, Math.max(now, this.freeAt) + (1_000 * rows) / this.limit);
    await delay(this.freeAt - now, undefined, { signal }).catch(() => undefined);
    // Who waited has more: the wait must not end what it waits for.
    sending.backlogAt = this.now();
  }

  private noteUsual(tookMs: number): void {
    const next = this.usualMs * (tookMs > this.usualMs ? USUAL_UP : USUAL_DOWN);
    this.usualMs = Math.min(LONGEST_USUAL_MS, Math.max(LEAST_USUAL_MS, next));
  }

  private begin(): void {
    this.perSecond = FIRST_PER_SECOND;
    this.mindedAt = this.now();
  }

  /** Somebody with a backlog is in the way of this quiet one. */
  private isKept(quiet: Sending): boolean {
    for (const other of this.backlogged) {
      if (!this.hasBacklog(other)) this.backlogged.delete(other);
      else if (this.limit !== Infinity || this.isMindedBy(quiet, other)) return true;
    }
    return false;
  }

  private isMindedBy(quiet: Sending | undefined, busy: Sending): boolean {
    if (!this.maySend(quiet) || quiet === busy) return false;
    const rate = this.rateOf(quiet);
    return rate <= LITTLE_PER_SECOND || this.rateOf(busy) >= MUCH * rate;
  }

  private maySend(quiet: Sending | undefined): quiet is Sending {
    return quiet !== undefined && this.now() - quiet.at <= MAY_SEND_MS;
  }

  private hasBacklog({ backlogAt }: Sending): boolean {
    return this.now() - backlogAt < BACKLOG_KEPT_MS;
  }

  private rateOf({ rate, at }: Sending): number {
    return rate * Math.exp((at - this.now()) / 1_000);
  }

  private of({ key }: Party): Sending {
    const known = this.parties.get(key);
    if (known) return known;
    if (this.parties.size >= MAX_PARTIES) this.parties.delete(this.parties.keys().next().value!);
    const sending = { rate: 0, at: this.now(), backlogAt: -Infinity, opens: new Semaphore(OPENED_AT_A_TIME) };
    this.parties.set(key, sending);
    return sending;
  }
}
