import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Config, logEvent, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { RollUp } from './roll-up.js';

/** Looks every few seconds; many workers share the hours by their locks. */
@Injectable()
export class RollUpSchedule implements OnApplicationBootstrap {
  private readonly ending = new AbortController();
  private underway: Promise<void> = Promise.resolve();

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly config: Config,
    private readonly rollUp: RollUp,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'statistics', () => {
      this.ending.abort();
      if (this.scheduler.doesExist('interval', 'statistics')) this.scheduler.deleteInterval('statistics');
    });
    shutdown.add('finish-jobs', 'statistics', () => this.underway);
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval('statistics', setInterval(() => this.look(), this.config.STATS_INTERVAL_MS));
  }

  private look(): void {
    if (this.ending.signal.aborted) return;
    this.underway = this.rollUp.run(this.ending.signal).catch((error: unknown) => {
      logEvent(this.logger, 'job.failed', { job: 'statistics', err: error instanceof Error ? error : new Error(String(error)) });
    });
  }
}
