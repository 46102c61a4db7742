import { Module } from '@nestjs/common';
import { settingsController } from '../settings/settings-controller.js';
import { SettingsModule } from '../settings/settings.module.js';
import { AutomationTrialsController, MessageAutomationsController, StepSecretsController } from './automations.controller.js';
import { AutomationsBody } from './automations.dto.js';
import { ChangeStepSecret } from './change-step-secret.js';
import { CheckAutomationsSettings } from './check-automations-settings.js';
import { ReadAutomations } from './read-automations.js';
import { TryChain } from './try-chain.js';

const SettingsController = settingsController({
  section: 'automations',
  title: 'your automatic answers',
  body: AutomationsBody,
  description: 'A chain of steps that runs for each message of a customer: each step once, and the first answer ends it.',
  check: CheckAutomationsSettings,
});

@Module({
  imports: [SettingsModule],
  controllers: [MessageAutomationsController, AutomationTrialsController, StepSecretsController, SettingsController],
  providers: [ReadAutomations, TryChain, ChangeStepSecret, CheckAutomationsSettings],
})
export class AutomationsModule {}
