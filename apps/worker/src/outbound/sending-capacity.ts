import { Semaphore } from './semaphore.js';

/** Rows that start within this time need a slot about now; later ones only wait for their moment. */
const SOON_SECONDS = 0.02;

/** What one worker process can carry. */
export class SendingCapacity {
  /** POSTs under way, from the mark to the answer. */
  readonly slots: Semaphore;
  /** Claimed rows that are about to ask for a slot: what is claimed beyond them would come too late for its start. */
  readonly soon: Semaphore;

  constructor(concurrency: number) {
    this.slots = new Semaphore(concurrency);
    this.soon = new Semaphore(concurrency);
  }

  /** How many rows of a claim start soon, at the pace of the number. */
  static soonOf(perSecond: number): number {
    return Math.max(1, Math.ceil(perSecond * SOON_SECONDS));
  }
}
