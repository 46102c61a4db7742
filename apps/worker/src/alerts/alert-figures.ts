import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { forgetAlerts, platformFigures, SystemDb } from '@parley/data';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

const GAUGES_MS = 30_000;
const HOUR_MS = 3_600_000;
const KEPT_DAYS = 90;

/** Shows the kept figures as gauges, in every worker: which one measured them does not matter. Forgets old incidents. */
@Injectable()
export class AlertFigures {
  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
  ) {}

  @Interval(GAUGES_MS)
  async show(): Promise<void> {
    await this.attempt(async () => {
      const { figures } = await platformFigures(this.db, 1);
      this.metrics.set('outbound_message_queue_depth', figures.due);
      this.metrics.set('outbound_message_dlq_size', figures.deadLetters);
    });
  }

  @Interval(HOUR_MS)
  async forget(): Promise<void> {
    await this.attempt(() => forgetAlerts(this.db, KEPT_DAYS));
  }

  /** The next turn of the clock tries again. */
  private async attempt(work: () => Promise<unknown>): Promise<void> {
    if (this.shutdown.isShuttingDown) return;
    try {
      await work();
    } catch (error) {
      logEvent(this.logger, 'job.failed', { job: 'alerts.figures', err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
