import { Module } from '@nestjs/common';
import { PlatformAppsRepository, SystemDb } from '@parley/data';
import { AppStores } from './app-store.js';
import { AppsController } from './apps.controller.js';
import { RegisterApps } from './register-apps.js';
import { WebhookApps } from './webhook-apps.js';

@Module({
  controllers: [AppsController],
  providers: [
    {
      provide: PlatformAppsRepository,
      useFactory: (db: SystemDb) => new PlatformAppsRepository(db),
      inject: [SystemDb],
    },
    AppStores,
    RegisterApps,
    WebhookApps,
  ],
  exports: [WebhookApps],
})
export class AppsModule {}
