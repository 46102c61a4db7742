import { Module } from '@nestjs/common';
import { BusinessHoursBody } from './business-hours.dto.js';
import { NoFurtherCheck, settingsController } from './settings-controller.js';
import { SettingsStore } from './settings-store.js';

const CONTROLLERS = [settingsController({ section: 'business-hours', title: 'your business hours', body: BusinessHoursBody })];

/** What organisations decide for themselves. Sections whose value takes more than its model to check bring the check as a provider. */
@Module({ controllers: CONTROLLERS, providers: [SettingsStore, NoFurtherCheck], exports: [SettingsStore, NoFurtherCheck] })
export class SettingsModule {}
