import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SendingSweep } from '@parley/data';
import { logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GAUGES_MS = 30_000;
/** A burst makes hundreds of rows a second: plans that were made for an empty table must not outlive its first seconds. */
const GROWTH_MS = 2_000;
/** How long a key of POST /v1/messages is remembered. */
const KEYS_KEPT_HOURS = 72;

/** What has to be done now and then: partitions ahead of time, statistics of young tables, old keys, and the age of the ledger. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap {
  constructor(
    private readonly sweep: SendingSweep,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    private readonly shutdown: ShutdownSteps,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.makePartitions();
  }

  @Interval(HOUR_MS)
  async makePartitions(): Promise<void> {
    await this.attempt(async () => {
      const made = await this.sweep.ensurePartitions();
      if (made > 0) this.metrics.add('sweeper_repaired_total', made, { repair: 'partition_made' });
    });
  }

  /** One table after another, each in a transaction of its own. */
  @Interval(GROWTH_MS)
  async followGrowth(): Promise<void> {
    await this.attempt(async () => {
      const followed = new Set<string>();
      for (let name = await this.sweep.analyzeGrown(); name !== null && !followed.has(name); name = await this.sweep.analyzeGrown()) {
        followed.add(name);
        this.metrics.add('sweeper_repaired_total', 1, { repair: 'table_analyzed' });
      }
    });
  }

  @Interval(MINUTE_MS)
  async forgetKeys(): Promise<void> {
    await this.attempt(async () => {
      const gone = await this.sweep.forgetKeys(KEYS_KEPT_HOURS);
      if (gone > 0) this.metrics.add('sweeper_repaired_total', gone, { repair: 'idempotency_key_dropped' });
    });
  }

  @Interval(GAUGES_MS)
  async measureLedger(): Promise<void> {
    await this.attempt(async () => this.metrics.set('webhook_backlog_age_seconds', await this.sweep.ledgerAgeSeconds()));
  }

  /** The next turn of the clock tries again. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.shutdown.isShuttingDown) return;
    try {
      await work();
    } catch (error) {
      logEvent(this.logger, 'job.failed', { job: 'housekeeping', err: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
