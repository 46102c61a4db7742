import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CacheModule } from '@parley/cache';
import { DataModule } from '@parley/data';
import { PlatformModule, ProblemFilter, type Config } from '@parley/platform';
import { QueueModule } from '@parley/queue';
import { StorageModule } from '@parley/storage';
import type { Logger } from 'pino';
import { AlertsModule } from './alerts/alerts.module.js';
import { AppsModule } from './apps/index.js';
import { AuthModule } from './auth/index.js';
import { AutomationsModule } from './automations/automations.module.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { ConsentsModule } from './consents/consents.module.js';
import { ContactsModule } from './contacts/contacts.module.js';
import { ConversationsModule } from './conversations/conversations.module.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { HoldsModule } from './holds/holds.module.js';
import { IngestModule } from './ingest/ingest.module.js';
import { KeysModule } from './keys/keys.module.js';
import { ContactLookupsModule } from './lookups/contact-lookups.module.js';
import { MediaModule } from './media/media.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { NumbersModule } from './numbers/numbers.module.js';
import { OnboardingsModule } from './onboardings/onboardings.module.js';
import { ProtectionModule } from './protection/protection.module.js';
import { QuotaModule } from './quota/quota.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { StatsModule } from './stats/stats.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { TenantsModule } from './tenants/tenants.module.js';
import { UsersModule } from './users/users.module.js';
import { WebhookModule } from './webhook/webhook.module.js';

const SLICES = [
  TenantsModule,
  QuotaModule,
  SettingsModule,
  UsersModule,
  KeysModule,
  AppsModule,
  NumbersModule,
  HoldsModule,
  OnboardingsModule,
  TemplatesModule,
  ConsentsModule,
  ContactsModule,
  ConversationsModule,
  MessagesModule,
  CampaignsModule,
  AutomationsModule,
  DeadLettersModule,
  NotificationsModule,
  ContactLookupsModule,
  MediaModule,
  WebhookModule,
  IngestModule,
  AlertsModule,
  StatsModule,
  HealthModule,
  DocsModule,
];

/** The whole api. */
@Module({})
export class ApiModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot(config, logger),
        DataModule,
        QueueModule,
        CacheModule,
        StorageModule,
        AuthModule,
        ProtectionModule,
        ...SLICES,
      ],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
