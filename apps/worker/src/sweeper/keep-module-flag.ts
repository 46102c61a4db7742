import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ModuleFlag } from '@parley/data';
import { logEvent, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';

const MINUTE_MS = 60_000;

/** Keeps the module's flag right: every tenant's at the start, and after that what waits although its tenant is on. */
@Injectable()
export class KeepModuleFlag implements OnApplicationBootstrap {
  constructor(
    private readonly flag: ModuleFlag,
    private readonly producer: JobProducer,
    private readonly logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.attempt('module.apply', async () => {
      const { on, off, replayed } = await this.flag.apply();
      if (on.length + off.length > 0) logEvent(this.logger, 'module.switched', { on: on.length, off: off.length, replayed });
    });
  }

  @Interval(MINUTE_MS)
  async replay(): Promise<void> {
    await this.attempt('module.replay', async () => {
      if ((await this.flag.replayEnabled()) > 0) this.producer.wake('ledger.wake', {});
    });
  }

  /** The next turn of the clock tries again. */
  private async attempt(job: string, work: () => Promise<void>): Promise<void> {
    if (this.shutdown.isShuttingDown) return;
    try {
      await work();
    } catch (error) {
      logEvent(this.logger, 'job.failed', { job, err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
