import { FairSemaphore } from './fair-semaphore.js';

/** Rows that start within this time need a slot about now; later ones only wait for their moment. */
const SOON_SECONDS = 0.02;
/** Most of a turn is waiting for the pace of its number. */
const TURNS = 64;

/** What one worker process can carry. All of it is shared among tenants by their weights. */
export class SendingCapacity {
  /** Numbers that this process sends for at a time. */
  readonly turns = new FairSemaphore(TURNS);
  /** POSTs under way, from the mark to the answer. */
  readonly slots: FairSemaphore;
  /** Claimed rows that are about to ask for a slot: what is claimed beyond them would come too late for its start. */
  readonly soon: FairSemaphore;

  constructor(concurrency: number) {
    this.slots = new FairSemaphore(concurrency);
    this.soon = new FairSemaphore(concurrency);
  }

  /** How many rows of a claim start soon, at the pace of the number. */
  static soonOf(perSecond: number): number {
    return Math.max(1, Math.ceil(perSecond * SOON_SECONDS));
  }
}
