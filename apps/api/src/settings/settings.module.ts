import { Module } from '@nestjs/common';
import { BusinessHoursBody } from './business-hours.dto.js';
import { ConsentSettingsBody } from './consent.dto.js';
import { NoFurtherCheck, settingsController } from './settings-controller.js';
import { ServiceLevelBody } from './service-level.dto.js';
import { SettingsStore } from './settings-store.js';

const CONTROLLERS = [
  settingsController({ section: 'consent', title: 'your words of consent', body: ConsentSettingsBody }),
  settingsController({ section: 'business-hours', title: 'your business hours', body: BusinessHoursBody }),
  settingsController({ section: 'service-level', title: 'your service level', body: ServiceLevelBody }),
];

/** What organisations decide for themselves. Sections whose value takes more than its model to check bring the check as a provider. */
@Module({ controllers: CONTROLLERS, providers: [SettingsStore, NoFurtherCheck], exports: [SettingsStore, NoFurtherCheck] })
export class SettingsModule {}
