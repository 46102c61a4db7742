import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { FeedCampaigns } from './feed-campaigns.js';

/** Campaigns that one process wakes at a time. */
const CONCURRENT_TURNS = 4;

/** A campaign was started, steered, or has something to do. */
@Injectable()
export class CampaignWakeProcessor extends JobProcessor<'campaign.wake'> {
  readonly job = 'campaign.wake';

  constructor(private readonly campaigns: FeedCampaigns) {
    super();
  }

  override get concurrency(): number {
    return CONCURRENT_TURNS;
  }

  process({ campaignId }: { campaignId: string }, signal: AbortSignal): Promise<void> {
    return this.campaigns.wake(campaignId, signal);
  }
}
