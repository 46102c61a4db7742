import { Inject, Injectable } from '@nestjs/common';

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
  ) {}

  reset(keepAccounts: boolean): void {
    for (const part of this.traffic) part.clear();
    if (!keepAccounts) for (const part of this.accounts) part.clear();
  }
}
