import { Module } from '@nestjs/common';
import { NotificationMessagesModule } from '@parley/messaging';
import { settingsController } from '../settings/settings-controller.js';
import { SettingsModule } from '../settings/settings.module.js';
import { CheckNotificationsSettings } from './check-notifications-settings.js';
import { ListNotificationTypes } from './list-notification-types.js';
import { NotificationsController } from './notifications.controller.js';
import { NotifyMany } from './notify-many.js';
import { NotificationsBody } from './notifications-settings.dto.js';

const SettingsController = settingsController({
  section: 'notifications',
  title: 'which messages the events of your business become',
  body: NotificationsBody,
  check: CheckNotificationsSettings,
});

@Module({
  imports: [NotificationMessagesModule, SettingsModule],
  controllers: [NotificationsController, SettingsController],
  providers: [ListNotificationTypes, NotifyMany, CheckNotificationsSettings],
})
export class NotificationsModule {}
