import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { IndexMessages } from './index-messages.js';

const INTERVAL = 'search';
const GAUGE_EVERY_MS = 30_000;

/** Looks for news at the pace of the poll: what is said can be found a second later. Needs no Redis. */
@Injectable()
export class SearchSchedule implements OnApplicationBootstrap {
  private readonly ending = new AbortController();
  private underway: Promise<void> = Promise.resolve();
  private isLooking = false;
  private measuredAt = 0;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly indexing: IndexMessages,
    private readonly config: Config,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'search', () => {
      this.ending.abort();
      if (this.scheduler.doesExist('interval', INTERVAL)) this.scheduler.deleteInterval(INTERVAL);
    });
    shutdown.add('finish-jobs', 'search', () => this.underway);
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => this.begin(), this.config.POLL_INTERVAL_MS);
    this.scheduler.addInterval(INTERVAL, timer);
  }

  private begin(): void {
    if (!this.isLooking) this.underway = this.look();
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    try {
      await this.indexing.run(this.ending.signal);
      await this.measure();
    } catch (error) {
      // The next look reads the same events again.
      if (!this.ending.signal.aborted) logEvent(this.logger, 'job.failed', { job: 'search', err: error instanceof Error ? error : new Error(String(error)) });
    } finally {
      this.isLooking = false;
    }
  }

  private async measure(): Promise<void> {
    if (performance.now() - this.measuredAt < GAUGE_EVERY_MS) return;
    this.measuredAt = performance.now();
    this.metrics.set('search_lag_seconds', await this.indexing.lagSeconds());
  }
}
