import { Module } from '@nestjs/common';
import { AlertsModule as AlertChannelsModule } from '@parley/alerts';
import { PlatformAlertChannels, SystemDb } from '@parley/data';
import { AlertChannelsController } from './alert-channels.controller.js';
import { AlertsController } from './alerts.controller.js';
import { ManageAlertChannels } from './manage-alert-channels.js';
import { ReadAlertChannels } from './read-alert-channels.js';
import { ReadAlerts } from './read-alerts.js';
import { TestAlertChannel } from './test-alert-channel.js';

@Module({
  imports: [AlertChannelsModule],
  controllers: [AlertsController, AlertChannelsController],
  providers: [
    { provide: PlatformAlertChannels, useFactory: (db: SystemDb) => new PlatformAlertChannels(db), inject: [SystemDb] },
    ReadAlerts,
    ManageAlertChannels,
    ReadAlertChannels,
    TestAlertChannel,
  ],
})
export class AlertsModule {}
