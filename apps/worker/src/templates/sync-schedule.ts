import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { numbersDueForSync, SystemDb } from '@parley/data';
import { DomainError } from '@parley/domain';
import { JobProducer } from '@parley/queue';

const SYNC_EVERY_HOURS = 6;
const LOOK_EVERY_MS = 10 * 60 * 1_000;

/**
 * Every account's templates are read again every six hours, for what no webhook told. Many workers may look; the last
 * sync stands in the database, and wake-ups of one number are one.
 */
@Injectable()
export class SyncSchedule {
  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
  ) {}

  @Interval(LOOK_EVERY_MS)
  async look(): Promise<void> {
    try {
      for (const numberId of await numbersDueForSync(this.db, SYNC_EVERY_HOURS)) this.producer.wake('templates.sync', { numberId });
    } catch (error) {
      // The database is away, which everybody else tells of; the next look finds what is due.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
