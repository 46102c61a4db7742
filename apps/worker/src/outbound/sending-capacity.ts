import { Courtesy } from './courtesy.js';
import { FairSemaphore } from './fair-semaphore.js';
import { LeadTime } from './lead-time.js';

/** Rows that start within this time need a slot about now; later ones only wait for their moment. */
const SOON_SECONDS = 0.02;
/** Most of a turn is waiting for the pace of its number. */
const TURNS = 64;
/** So many more for tenants that have none: turns of a backlog wait out of courtesy, and keep nobody waiting with them. */
const NEWCOMERS_TURNS = 16;
/** A place is held through the mark, a slot begins with it: at full speed as many rows are on their way to a slot as hold one. */
const PLACES_A_SLOT = 2;
/** Of the places, so many more for tenants that hold none. */
const NEWCOMERS_SHARE = 1 / 4;
/** Of the places, what one claim may take for rows that are claimed ahead. */
const AHEAD_SHARE = 1 / 8;
/** The next rows are claimed and admitted ahead of the last start by what that took lately, within these bounds. */
const LEAST_CLAIM_LEAD_MS = 20;
const LONGEST_CLAIM_LEAD_MS = 200;

/** What one worker process can carry. All of it is shared among tenants by their weights. */
export class SendingCapacity {
  /** Numbers that this process sends for at a time. */
  readonly turns = new FairSemaphore(TURNS, NEWCOMERS_TURNS);
  /** POSTs under way, from the mark to the answer. */
  readonly slots: FairSemaphore;
  /** Claimed rows that are about to ask for a slot: what is claimed beyond them would come too late for its start. */
  readonly soon: FairSemaphore;

  /** What those with a backlog leave to the others. */
  readonly courtesy = new Courtesy();

  /** What claiming and admitting a set takes. */
  readonly claimLead = new LeadTime(LEAST_CLAIM_LEAD_MS, LONGEST_CLAIM_LEAD_MS);

  constructor(concurrency: number) {
    this.slots = new FairSemaphore(concurrency);
    const places = PLACES_A_SLOT * concurrency;
    this.soon = new FairSemaphore(places, Math.floor(places * NEWCOMERS_SHARE));
  }

  /** Whether anybody waits for any of it. */
  get isAwaited(): boolean {
    return this.turns.isAwaited || this.soon.isAwaited || this.slots.isAwaited;
  }

  /** How many rows of a claim start soon, at the pace of the number, or while the next ones are claimed. */
  soonOf(perSecond: number, aheadMs: number): number {
    const soon = Math.ceil(perSecond * SOON_SECONDS);
    const ahead = Math.ceil((perSecond * aheadMs) / 1_000);
    return Math.max(1, soon + Math.min(ahead, Math.floor(this.soon.size * AHEAD_SHARE)));
  }
}
