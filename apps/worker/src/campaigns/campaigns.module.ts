import { Module } from '@nestjs/common';
import { CampaignWakeProcessor } from './campaign-wake.processor.js';
import { FeedCampaigns } from './feed-campaigns.js';

@Module({ providers: [FeedCampaigns, CampaignWakeProcessor], exports: [FeedCampaigns] })
export class CampaignsModule {}
