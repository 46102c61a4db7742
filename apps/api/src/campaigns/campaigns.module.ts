import { Module } from '@nestjs/common';
import { LimitsModule } from '@parley/limits';
import { AudienceController } from './audience.controller.js';
import { CampaignsController } from './campaigns.controller.js';
import { ContactTagsController } from './contact-tags.controller.js';
import { OwnCampaigns } from './own-campaigns.js';
import { ReadRecipients } from './read-recipients.js';
import { ReceiveAudience } from './receive-audience.js';
import { SteerCampaign } from './steer-campaign.js';
import { TakeAudience } from './take-audience.js';

@Module({
  imports: [LimitsModule],
  controllers: [CampaignsController, AudienceController, ContactTagsController],
  providers: [OwnCampaigns, SteerCampaign, TakeAudience, ReceiveAudience, ReadRecipients],
})
export class CampaignsModule {}
