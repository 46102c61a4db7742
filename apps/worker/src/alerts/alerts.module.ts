import { Module } from '@nestjs/common';
import { AlertsModule as AlertChannelsModule } from '@parley/alerts';
import { AlertDeliveries, PlatformAlertChannels, SendingSweep, SystemDb } from '@parley/data';
import { AlertChecks } from './alert-checks.js';
import { AlertFigures } from './alert-figures.js';
import { AlertSchedule } from './alert-schedule.js';
import { DeliverAlerts } from './deliver-alerts.js';
import { RedisWatch } from './redis-watch.js';
import { WatchAlerts } from './watch-alerts.js';

/** Watches, and tells. */
@Module({
  imports: [AlertChannelsModule],
  providers: [
    { provide: AlertDeliveries, useFactory: (db: SystemDb) => new AlertDeliveries(db), inject: [SystemDb] },
    { provide: PlatformAlertChannels, useFactory: (db: SystemDb) => new PlatformAlertChannels(db), inject: [SystemDb] },
    { provide: SendingSweep, useFactory: (db: SystemDb) => new SendingSweep(db), inject: [SystemDb] },
    RedisWatch,
    AlertChecks,
    WatchAlerts,
    DeliverAlerts,
    AlertSchedule,
    AlertFigures,
  ],
})
export class AlertsModule {}
