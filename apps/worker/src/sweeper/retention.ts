import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { dropOldDay, dropOldRuns, dropSettledItems, SystemDb, type PartitionedTable } from '@parley/data';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

const HOUR_MS = 3_600_000;
/** A ledger that grew for long is brought down over some hours: each day takes a moment in which nobody writes. */
const DAYS_A_TURN = 10;

/** What is kept for so long only: days of the ledger, of events and of timelines, and what belonged to them. */
@Injectable()
export class Retention {
  private readonly days: Readonly<Record<PartitionedTable, number>>;

  constructor(
    private readonly db: SystemDb,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
    config: Config,
  ) {
    this.days = { webhook_events: config.LEDGER_RETENTION_DAYS, events: config.EVENTS_RETENTION_DAYS, message_events: config.TIMELINE_RETENTION_DAYS };
  }

  @Interval(HOUR_MS)
  async run(): Promise<void> {
    for (const [table, days] of Object.entries(this.days)) await this.attempt(() => this.dropDays(table as PartitionedTable, days));
    await this.attempt(() => this.untilGone(() => dropSettledItems(this.db, this.days.webhook_events)));
    await this.attempt(() => this.untilGone(() => dropOldRuns(this.db, this.days.message_events)));
  }

  private async dropDays(table: PartitionedTable, days: number): Promise<void> {
    for (let turn = 0; turn < DAYS_A_TURN && !this.shutdown.isShuttingDown; turn += 1) {
      const dropped = await dropOldDay(this.db, table, days);
      if (dropped === null) return;
      this.metrics.inc('sweeper_repaired_total', { repair: 'partition_dropped' });
      logEvent(this.logger, 'partition.dropped', { ...dropped });
    }
  }

  private async untilGone(dropSome: () => Promise<number>): Promise<void> {
    while (!this.shutdown.isShuttingDown && (await dropSome()) > 0);
  }

  /** The next turn of the clock tries again. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.shutdown.isShuttingDown) return;
    try {
      await work();
    } catch (error) {
      logEvent(this.logger, 'job.failed', { job: 'retention', err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
