import { Module } from '@nestjs/common';
import { LookupsModule } from '@parley/messaging';
import { settingsController } from '../settings/settings-controller.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ChangeLookupSecret } from './change-lookup-secret.js';
import { CheckLookupsSettings } from './check-lookups-settings.js';
import { LookUpContact } from './look-up-contact.js';
import { ContactLookupsController, LookupSecretController } from './lookups.controller.js';
import { LookupsBody } from './lookups.dto.js';

const SettingsController = settingsController({
  section: 'lookups',
  title: 'where your own system is asked about customers and orders',
  body: LookupsBody,
  check: CheckLookupsSettings,
});

@Module({
  imports: [LookupsModule, SettingsModule],
  controllers: [ContactLookupsController, LookupSecretController, SettingsController],
  providers: [LookUpContact, ChangeLookupSecret, CheckLookupsSettings],
})
export class ContactLookupsModule {}
