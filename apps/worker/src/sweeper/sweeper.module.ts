import { Module } from '@nestjs/common';
import { AutomationsModule } from '../automations/automations.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { InboundModule } from '../inbound/inbound.module.js';
import { MediaModule } from '../media/media.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Housekeeping } from './housekeeping.js';
import { Poll } from './poll.js';

@Module({ imports: [OutboundModule, InboundModule, AutomationsModule, CampaignsModule, MediaModule], providers: [Poll, Housekeeping] })
export class SweeperModule {}
