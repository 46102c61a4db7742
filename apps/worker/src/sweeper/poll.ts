import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { campaignsAreDue, Holds, ledgerHasWork, mediaIsDue, releaseAllHeldMessages, SendingSweep, SystemDb } from '@parley/data';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { AnswerMessages } from '../automations/answer-messages.js';
import { FeedCampaigns } from '../campaigns/feed-campaigns.js';
import { MergeContacts } from '../contacts/merge-contacts.js';
import { ProcessLedger } from '../inbound/process-ledger.js';
import { FetchMedia } from '../media/fetch-media.js';
import { NumberTurns } from '../outbound/number-turns.js';
import { SettleDoubt } from '../outbound/settle-doubt.js';

/** Chunks of waiting rows that one look promotes at most; the next look comes soon. */
const PROMOTIONS_A_LOOK = 5;

/**
 * The net below the wake-ups: looks at Postgres for what is due, sets right what crashes left, and does the work in this
 * process. With Redis it finds next to nothing; without Redis it is what keeps everything going.
 */
@Injectable()
export class Poll implements OnApplicationBootstrap {
  private readonly ending = new AbortController();
  private readonly underway = new Set<Promise<void>>();
  private isLooking = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly config: Config,
    private readonly db: SystemDb,
    private readonly sweep: SendingSweep,
    private readonly holds: Holds,
    private readonly producer: JobProducer,
    private readonly turns: NumberTurns,
    private readonly doubt: SettleDoubt,
    private readonly ledger: ProcessLedger,
    private readonly answers: AnswerMessages,
    private readonly media: FetchMedia,
    private readonly campaigns: FeedCampaigns,
    private readonly contacts: MergeContacts,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
    shutdown: ShutdownSteps,
  ) {
    shutdown.add('stop-intake', 'poll', () => {
      this.ending.abort();
      if (this.scheduler.doesExist('interval', 'poll')) this.scheduler.deleteInterval('poll');
    });
    shutdown.add('finish-jobs', 'poll', () => Promise.allSettled(this.underway));
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.look(), this.config.POLL_INTERVAL_MS);
    this.scheduler.addInterval('poll', timer);
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.repair();
      // All of them: the turns are shared among tenants there, whatever the order here.
      for (const numberId of await this.sweep.dueNumbers()) this.start(this.turns.run(numberId, this.ending.signal));
      if (await ledgerHasWork(this.db)) this.start(this.ledger.run(this.ending.signal));
      this.start(this.answers.run(this.ending.signal));
      if (await campaignsAreDue(this.db)) this.start(this.campaigns.run(this.ending.signal));
      this.start(this.contacts.run(this.ending.signal));
      if (await mediaIsDue(this.db)) this.start(this.media.run(this.ending.signal));
    } catch (error) {
      this.tell(error);
    } finally {
      this.isLooking = false;
    }
  }

  private async repair(): Promise<void> {
    const { queued, unknown } = await this.sweep.reclaimExpired();
    this.note('dispatched_expired', queued);
    this.note('sending_expired', unknown);
    await this.doubt.run();
    await this.promote();
    this.wake((await this.holds.closeLapsed())?.numberIds ?? []);
    await this.sweep.expireCodes();
    await releaseAllHeldMessages(this.db);
    this.note('pair_freed', await this.sweep.freeAllPairs());
  }

  /** What is due is woken at once: another worker may be nearer to it than this look. */
  private async promote(): Promise<void> {
    for (let round = 0; round < PROMOTIONS_A_LOOK; round += 1) {
      const promoted = await this.sweep.promoteDue();
      this.wake(promoted.filter(({ queued }) => queued > 0).map(({ numberId }) => numberId));
      if (promoted.length === 0) return;
    }
  }

  private wake(numberIds: readonly string[]): void {
    for (const numberId of numberIds) this.producer.wake('number.wake', { numberId });
  }

  private note(repair: 'dispatched_expired' | 'sending_expired' | 'pair_freed', count: number): void {
    if (count === 0) return;
    this.metrics.add('sweeper_repaired_total', count, { repair });
    logEvent(this.logger, 'sweep.repaired', { repair, count });
  }

  private start(work: Promise<void>): void {
    const settled = work.catch((error: unknown) => this.tell(error));
    this.underway.add(settled);
    void settled.finally(() => this.underway.delete(settled));
  }

  private tell(error: unknown): void {
    if (this.ending.signal.aborted) return;
    logEvent(this.logger, 'job.failed', { job: 'poll', err: error instanceof Error ? error : new Error(String(error)) });
  }
}
