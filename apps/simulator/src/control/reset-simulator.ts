import { Inject, Injectable } from '@nestjs/common';
import { EventFeed } from '../feed/event-feed.js';
import { SeededRandom } from '../random/seeded-random.js';

/** Something that a reset empties. */
export interface Clearable {
  clear(): void;
}

/** What every reset empties. */
export const TRAFFIC = Symbol('TRAFFIC');

/** What a reset empties unless the accounts are kept. */
export const ACCOUNTS = Symbol('ACCOUNTS');

/** Forgets what happened, as after a restart. */
@Injectable()
export class ResetSimulator {
  constructor(
    @Inject(TRAFFIC) private readonly traffic: readonly Clearable[],
    @Inject(ACCOUNTS) private readonly accounts: readonly Clearable[],
    private readonly random: SeededRandom,
    private readonly feed: EventFeed,
  ) {}

  /** @param seed starts all chances again from there; left out: they go on */
  reset(keepAccounts: boolean, seed?: number): void {
    for (const part of this.traffic) part.clear();
    if (!keepAccounts) for (const part of this.accounts) part.clear();
    if (seed !== undefined) this.random.reseed(seed);
    this.feed.publish('reset', { seed: this.random.seed });
  }
}
