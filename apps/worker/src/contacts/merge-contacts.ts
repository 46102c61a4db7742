import { Injectable } from '@nestjs/common';
import { followMerges, SystemDb } from '@parley/data';
import { SingleRun } from '../single-run.js';

/** Joins contacts that turned out to be one person, and moves the messages of those that were joined or separated. */
@Injectable()
export class MergeContacts {
  private readonly single = new SingleRun(async (signal) => void (await followMerges(this.db, signal)));

  constructor(private readonly db: SystemDb) {}

  /** Works until nothing is to be done now. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }
}
