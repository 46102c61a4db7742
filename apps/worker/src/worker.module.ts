import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { CacheModule } from '@parley/cache';
import { DataModule } from '@parley/data';
import { MessagingModule } from '@parley/messaging';
import { PlatformModule, type Config } from '@parley/platform';
import { JobWorkersModule, QueueModule } from '@parley/queue';
import { StorageModule } from '@parley/storage';
import type { Logger } from 'pino';
import { AlertsModule } from './alerts/alerts.module.js';
import { AutomationsModule } from './automations/automations.module.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { ConversationsModule } from './conversations/conversations.module.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { BrokerModule } from './broker/broker.module.js';
import { WorkerHealthModule } from './health/health.module.js';
import { InboundModule } from './inbound/inbound.module.js';
import { MediaModule } from './media/media.module.js';
import { OutboundModule } from './outbound/outbound.module.js';
import { StatsModule } from './stats/stats.module.js';
import { SearchModule } from './search/search.module.js';
import { SweeperModule } from './sweeper/sweeper.module.js';
import { TemplatesModule } from './templates/templates.module.js';

/** Everything that happens after an answer was given. */
@Module({})
export class WorkerModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot(config, logger),
        ScheduleModule.forRoot(),
        DataModule,
        QueueModule,
        CacheModule,
        JobWorkersModule,
        MessagingModule,
        StorageModule,
        OutboundModule,
        InboundModule,
        AutomationsModule,
        BrokerModule,
        CampaignsModule,
        ConversationsModule,
        MediaModule,
        TemplatesModule,
        DeadLettersModule,
        StatsModule,
        SearchModule,
        SweeperModule,
        AlertsModule,
        WorkerHealthModule,
      ],
    };
  }
}
