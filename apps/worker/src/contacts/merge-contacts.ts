import { Injectable } from '@nestjs/common';
import { followMerges, SystemDb } from '@parley/data';
import { logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';

/** Joins contacts that turned out to be one person, and moves the messages of those that were joined or separated. */
@Injectable()
export class MergeContacts {
  private readonly single = new SingleRun((signal) => this.follow(signal));

  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** Works until nothing is to be done now. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { merged, failed } = await followMerges(this.db, signal);
    for (const id of merged) {
      this.metrics.inc('events_published_total', { event: 'whatsapp.contact_merged' });
      logEvent(this.logger, 'contact.state_changed', { id, to: 'MERGED' });
    }
    for (const error of failed) logEvent(this.logger, 'job.failed', { job: 'contacts', err: error instanceof Error ? error : new Error(String(error)) });
  }
}
