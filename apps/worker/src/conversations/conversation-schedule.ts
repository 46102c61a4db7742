import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Config, logEvent, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { MonitorServiceLevel } from './monitor-service-level.js';
import { MoveQuietConversations } from './move-quiet-conversations.js';

const INTERVAL = 'conversations';

/** The clock of conversations: every worker looks, one at a time does something. Needs no Redis. */
@Injectable()
export class ConversationSchedule implements OnApplicationBootstrap {
  private readonly ending = new AbortController();
  private underway: Promise<void> | undefined;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly config: Config,
    private readonly monitor: MonitorServiceLevel,
    private readonly quiet: MoveQuietConversations,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', INTERVAL, () => {
      this.ending.abort();
      if (this.scheduler.doesExist('interval', INTERVAL)) this.scheduler.deleteInterval(INTERVAL);
    });
    shutdown.add('finish-jobs', INTERVAL, () => this.underway);
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval(INTERVAL, setInterval(() => void this.look(), this.config.SLA_MONITOR_INTERVAL_MS));
  }

  /** One look at everything; the one that is under way counts. */
  look(): Promise<void> {
    this.underway ??= this.attempt().finally(() => (this.underway = undefined));
    return this.underway;
  }

  private async attempt(): Promise<void> {
    try {
      await this.monitor.run(this.ending.signal);
      await this.quiet.run(this.ending.signal);
    } catch (error) {
      // The next turn of the clock tries again.
      if (!this.ending.signal.aborted) logEvent(this.logger, 'job.failed', { job: INTERVAL, err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
