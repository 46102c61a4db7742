import { Injectable } from '@nestjs/common';
import { SystemDb, wakeRunsOf } from '@parley/data';
import { JobProducer } from '@parley/queue';

/** Steps wait for the files of customers. */
@Injectable()
export class WakeWaitingRuns {
  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
  ) {}

  /** The media is stored, or never will be: whatever waits for it goes on. */
  async mediaSettled(tenantId: string, mediaId: string): Promise<void> {
    if ((await wakeRunsOf(this.db, tenantId, mediaId)) > 0) this.producer.wake('automation.wake', {});
  }
}
