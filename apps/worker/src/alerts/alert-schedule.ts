import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { PlatformAlertChannels, type PlatformChannel } from '@parley/data';
import { Config, logEvent, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { DeliverAlerts } from './deliver-alerts.js';
import { WatchAlerts } from './watch-alerts.js';

/** The clock of alerts: its own timers and Postgres' clock, nothing that it watches. */
@Injectable()
export class AlertSchedule implements OnApplicationBootstrap {
  private readonly underway = new Map<string, Promise<void>>();
  private areChannelsConfigured = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly config: Config,
    private readonly channels: PlatformAlertChannels,
    private readonly watch: WatchAlerts,
    private readonly deliver: DeliverAlerts,
    private readonly logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'alerts', () => {
      if (this.scheduler.doesExist('interval', 'alerts')) this.scheduler.deleteInterval('alerts');
    });
    shutdown.add('finish-jobs', 'alerts', () => Promise.allSettled(this.underway.values()));
  }

  onApplicationBootstrap(): void {
    this.scheduler.addInterval('alerts', setInterval(() => this.look(), this.config.ALERT_LOOK_INTERVAL_MS));
  }

  /** Watching and telling go on side by side: a mail server that hangs must not keep an incident from being seen. */
  private look(): void {
    void this.once('alerts.watch', () => this.watchOnce());
    void this.once('alerts.deliver', () => this.deliver.run());
  }

  /** One look for incidents. */
  async watchOnce(): Promise<void> {
    if (!this.areChannelsConfigured) {
      await this.channels.configure(configuredChannels(this.config));
      this.areChannelsConfigured = true;
    }
    await this.watch.run();
  }

  /** Not while it runs already; the next turn of the clock tries again. */
  private async once(job: string, work: () => Promise<void>): Promise<void> {
    if (this.shutdown.isShuttingDown || this.underway.has(job)) return;
    const run = work()
      .catch((error: unknown) => logEvent(this.logger, 'job.failed', { job, err: error instanceof Error ? error : new Error(String(error)) }))
      .finally(() => this.underway.delete(job));
    this.underway.set(job, run);
    await run;
  }
}

/** The log hears of everything; the others of what the configuration asks for. */
function configuredChannels({ ALERT_EMAIL_TO, ALERT_SLACK_WEBHOOK_URL, ALERT_MIN_SEVERITY: minSeverity }: Config): PlatformChannel[] {
  return [
    { type: 'log', recipients: [], minSeverity: 'info' },
    ...(ALERT_EMAIL_TO === undefined ? [] : [{ type: 'email' as const, recipients: ALERT_EMAIL_TO, minSeverity }]),
    ...(ALERT_SLACK_WEBHOOK_URL === undefined ? [] : [{ type: 'slack' as const, recipients: [], minSeverity }]),
  ];
}
