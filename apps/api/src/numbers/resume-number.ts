import { Injectable } from '@nestjs/common';
import { replayUnrouted, resumeAfterCredential, SystemDb } from '@parley/data';
import type { TenantId } from '@parley/domain';
import { JobProducer } from '@parley/queue';
import type { NumberRow } from './number.view.js';

/** Lets go on what waited for a number, or for a token that works. Call it after COMMIT. */
@Injectable()
export class ResumeNumber {
  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
  ) {}

  async resume(tenantId: TenantId, { id, graphId, account }: NumberRow): Promise<void> {
    if ((await replayUnrouted(this.db, graphId)) > 0) this.producer.wake('ledger.wake', {});
    const resumed = await resumeAfterCredential(this.db, tenantId, account.id);
    for (const numberId of new Set([id, ...resumed])) this.producer.wake('number.wake', { numberId });
  }
}
