import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { beginAutomaticRedrives, redriveIsRunning, SystemDb } from '@parley/data';
import { Clock, Config, logEvent, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { RunRedrives } from './run-redrives.js';

const INTERVAL = 'redrives';
/** How often it is looked whether a cause is over; what ended since the last look, of whichever worker, is found. */
const AUTOMATIC_EVERY_MS = 15_000;

/** The net below the wake-up of a redrive, and what begins those that come about by themselves. Needs no Redis. */
@Injectable()
export class RedriveSchedule implements OnApplicationBootstrap {
  private readonly ending = new AbortController();
  private underway: Promise<void> = Promise.resolve();
  private isLooking = false;
  private automaticAt = 0;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly db: SystemDb,
    private readonly redrives: RunRedrives,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'redrives', () => {
      this.ending.abort();
      if (this.scheduler.doesExist('interval', INTERVAL)) this.scheduler.deleteInterval(INTERVAL);
    });
    shutdown.add('finish-jobs', 'redrives', () => this.underway);
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void (this.underway = this.look()), this.config.POLL_INTERVAL_MS);
    this.scheduler.addInterval(INTERVAL, timer);
  }

  /** One look; it does nothing while the one before is under way. */
  async look(): Promise<void> {
    if (this.isLooking || this.ending.signal.aborted) return;
    this.isLooking = true;
    try {
      await this.beginAutomatic();
      if (await redriveIsRunning(this.db)) await this.redrives.run(this.ending.signal);
    } catch (error) {
      // The next look tries again.
      if (!this.ending.signal.aborted) logEvent(this.logger, 'job.failed', { job: 'redrives', err: error instanceof Error ? error : new Error(String(error)) });
    } finally {
      this.isLooking = false;
    }
  }

  private async beginAutomatic(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.automaticAt < AUTOMATIC_EVERY_MS) return;
    this.automaticAt = now;
    await beginAutomaticRedrives(this.db);
  }
}
