import { Module } from '@nestjs/common';
import { ModuleFlag, SystemDb } from '@parley/data';
import { Config } from '@parley/platform';
import { AutomationsModule } from '../automations/automations.module.js';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { InboundModule } from '../inbound/inbound.module.js';
import { MediaModule } from '../media/media.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Housekeeping } from './housekeeping.js';
import { KeepModuleFlag } from './keep-module-flag.js';
import { Poll } from './poll.js';
import { Retention } from './retention.js';

@Module({
  imports: [OutboundModule, InboundModule, AutomationsModule, CampaignsModule, ContactsModule, MediaModule],
  providers: [
    { provide: ModuleFlag, useFactory: (db: SystemDb, config: Config) => new ModuleFlag(db, config.modulePolicy), inject: [SystemDb, Config] },
    Poll,
    Housekeeping,
    Retention,
    KeepModuleFlag,
  ],
})
export class SweeperModule {}
