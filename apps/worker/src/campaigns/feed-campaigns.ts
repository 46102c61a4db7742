import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CampaignLeases, givenUpUploads, SystemDb, undoUpload, type LeasedCampaign } from '@parley/data';
import { AcceptMessages } from '@parley/messaging';
import { logEvent, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { SingleRun } from '../single-run.js';
import { CampaignTurn, type TurnEnd } from './campaign-turn.js';

/** Campaigns that one process has in hand at a time. */
const CAMPAIGNS = 4;
/** After a turn that failed. */
const AGAIN_MS = 5_000;

/**
 * Feeds campaigns into the queues of their numbers. Each is leased by one worker at a time; any of them may take it when
 * its next look is due, so that many work side by side and none is in charge.
 */
@Injectable()
export class FeedCampaigns {
  private readonly leases: CampaignLeases;
  private readonly single = new SingleRun((signal) => this.runDue(signal));

  constructor(
    private readonly db: SystemDb,
    private readonly acceptance: AcceptMessages,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {
    this.leases = new CampaignLeases(db, randomUUID());
  }

  /** Looks after every campaign that is due, and takes out what broken uploads left. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  /** Looks after this one at once, unless another worker does. */
  async wake(campaignId: string, signal: AbortSignal): Promise<void> {
    const campaign = await this.leases.take(campaignId);
    if (campaign) await this.turn(campaign, signal);
  }

  private async runDue(signal: AbortSignal): Promise<void> {
    await this.undoUploads();
    while (!signal.aborted) {
      const campaigns = await this.leases.takeDue(CAMPAIGNS);
      await Promise.all(campaigns.map((campaign) => this.turn(campaign, signal)));
      if (campaigns.length < CAMPAIGNS) return;
    }
  }

  private async turn(campaign: LeasedCampaign, signal: AbortSignal): Promise<void> {
    const { db, acceptance, leases } = this;
    const before = campaign.state;
    try {
      const end = await new CampaignTurn({ db, acceptance, signal, leases }, campaign).run();
      this.tell(campaign, before, end);
      await leases.release(campaign, end.state, end.nextInMs);
    } catch (error) {
      // What is in hand is settled by the next turn. A lease that cannot be given back runs out.
      logEvent(this.logger, 'job.failed', { job: 'campaign.wake', err: error instanceof Error ? error : new Error(String(error)) });
      await leases.release(campaign, campaign.state, AGAIN_MS).catch(() => undefined);
    }
  }

  private tell({ id }: LeasedCampaign, before: string, { state, reason, feeding }: TurnEnd): void {
    const { fed, skipped, givenBack } = feeding;
    for (const [outcome, count] of [['fed', fed], ['skipped', skipped], ['given_back', givenBack]] as const) {
      if (count > 0) this.metrics.add('campaign_recipients_total', count, { outcome });
    }
    logEvent(this.logger, 'campaign.turn_ended', { campaignId: id, fed, skipped, givenBack });
    if (state !== before) logEvent(this.logger, 'campaign.state_changed', { id, from: before, to: state, reason });
  }

  private async undoUploads(): Promise<void> {
    for (const upload of await givenUpUploads(this.db)) {
      const rows = await undoUpload(this.db, upload, { problem: 'The upload broke off.' });
      logEvent(this.logger, 'campaign.upload_undone', { campaignId: upload.campaignId, uploadId: upload.id, rows });
    }
  }
}
