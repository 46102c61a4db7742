import { Injectable } from '@nestjs/common';
import { lockRunningRedrive, redriveChunk, SystemDb, type RunningRedrive, type RedrivenChunk } from '@parley/data';
import { Config, logEvent } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';

const SECONDS_PER_HOUR = 3_600;

/**
 * Carries out redrives of many, a chunk at a time: what is put back into the queue leaves at the pace of its number. The row
 * of a redrive is locked while a chunk moves, so that many workers share the redrives and none moves a chunk twice.
 */
@Injectable()
export class RunRedrives {
  private readonly single = new SingleRun(async (signal) => {
    while (!signal.aborted && (await this.moveChunk()));
  });

  constructor(
    private readonly db: SystemDb,
    private readonly producer: JobProducer,
    private readonly config: Config,
    private readonly logger: PinoLogger,
  ) {}

  /** Runs until no redrive is left that another worker is not at. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  /** False when there was nothing to do. */
  private async moveChunk(): Promise<boolean> {
    const validSeconds = this.config.MESSAGE_VALIDITY_HOURS * SECONDS_PER_HOUR;
    const done = await this.db.transaction(async (tx) => {
      const redrive = await lockRunningRedrive(tx);
      return redrive && { redrive, chunk: await redriveChunk(tx, redrive, validSeconds) };
    });
    if (done === null) return false;
    this.tell(done.redrive, done.chunk);
    return true;
  }

  private tell({ tenantId, id: redriveId, cause }: RunningRedrive, { looked, redriven, numberIds }: RedrivenChunk): void {
    logEvent(this.logger, 'dead_letters.redriven', { tenantId, redriveId, cause, looked, redriven });
    for (const numberId of numberIds) this.producer.wake('number.wake', { numberId });
  }
}
