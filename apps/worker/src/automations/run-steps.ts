import { Injectable } from '@nestjs/common';
import { claimRuns, releaseRun, retryRun, SystemDb, type ClaimedRun } from '@parley/data';
import { Config, logEvent, ShutdownSteps } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';
import { RunStep } from './run-step.js';

/** Longer than the longest step: what a crashed process held is due again after it. */
const BESIDE_SECONDS = 30;
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** After a fault of ours. */
const RETRY_MS = 5_000;

/**
 * Runs the steps that are due, of all tenants: many at a time, few of one tenant, and one at a time in a conversation. While
 * slots are short a tenant gets one, so that one whose endpoint hangs leaves room for the others.
 */
@Injectable()
export class RunSteps {
  private readonly ending = new AbortController();
  private readonly underway = new Set<Promise<void>>();
  private readonly held = new Map<string, number>();
  private readonly single = new SingleRun((signal) => this.startDue(signal));
  /** Whose turn was last: the next look begins behind it. */
  private lastTenant = NOBODY;

  constructor(
    private readonly db: SystemDb,
    private readonly step: RunStep,
    private readonly config: Config,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'automations', () => this.ending.abort());
    shutdown.add('finish-jobs', 'automations', () => Promise.allSettled(this.underway));
  }

  /** Starts what is due, as far as there is room; each that ends makes room for the next. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private async startDue(signal: AbortSignal): Promise<void> {
    for (let rounds = 0; rounds < 2 && !signal.aborted && !this.ending.signal.aborted; ) {
      const limit = this.config.AUTOMATION_CONCURRENCY - this.underway.size;
      if (limit <= 0) return;
      const claimed = await claimRuns(this.db, { behind: this.lastTenant, limit, perTenant: this.perTenant(limit), held: this.held, leaseSeconds: this.leaseSeconds });
      for (const run of claimed) this.start(run);
      const last = claimed.map(({ tenantId }) => tenantId).sort().at(-1);
      // Behind the last tenant comes the first one; after a whole round without any, nothing is due.
      rounds = last === undefined ? rounds + 1 : 0;
      this.lastTenant = last ?? NOBODY;
    }
  }

  private perTenant(free: number): number {
    const { AUTOMATION_CONCURRENCY, AUTOMATION_TENANT_CONCURRENCY } = this.config;
    return free * 4 > AUTOMATION_CONCURRENCY ? AUTOMATION_TENANT_CONCURRENCY : 1;
  }

  private get leaseSeconds(): number {
    const { BOT_TIMEOUT_MS, AI_TIMEOUT_MS, INTENT_TIMEOUT_MS, TRANSCRIPTION_TIMEOUT_MS } = this.config;
    return Math.max(BOT_TIMEOUT_MS, AI_TIMEOUT_MS, INTENT_TIMEOUT_MS, TRANSCRIPTION_TIMEOUT_MS) / 1_000 + BESIDE_SECONDS;
  }

  private start(run: ClaimedRun): void {
    const { tenantId } = run;
    this.held.set(tenantId, (this.held.get(tenantId) ?? 0) + 1);
    const work = this.attempt(run)
      .catch((error: unknown) => this.tell(error))
      .finally(() => {
        this.underway.delete(work);
        const left = this.held.get(tenantId)! - 1;
        if (left === 0) this.held.delete(tenantId);
        else this.held.set(tenantId, left);
      })
      .then(() => this.run(this.ending.signal))
      // The poll comes back to what this look could not see.
      .catch((error: unknown) => this.tell(error));
    this.underway.add(work);
  }

  private async attempt(run: ClaimedRun): Promise<void> {
    try {
      await this.step.run(run, this.ending.signal);
    } catch (error) {
      if (this.ending.signal.aborted) return releaseRun(this.db, run);
      await retryRun(this.db, run, RETRY_MS, 'internal.error');
      throw error;
    }
  }

  private tell(error: unknown): void {
    logEvent(this.logger, 'job.failed', { job: 'automation.wake', err: error instanceof Error ? error : new Error(String(error)) });
  }
}
