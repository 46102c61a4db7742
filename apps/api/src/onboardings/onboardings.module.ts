import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { AppsModule } from '../apps/index.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { FinishingSteps } from './finishing-steps.js';
import { OnboardingStore } from './onboarding-store.js';
import { OnboardingsController } from './onboardings.controller.js';
import { RegistrationSteps } from './registration-steps.js';
import { RunOnboarding } from './run-onboarding.js';
import { TokenSteps } from './token-steps.js';

@Module({
  imports: [GraphModule, AppsModule, NumbersModule],
  controllers: [OnboardingsController],
  providers: [OnboardingStore, TokenSteps, RegistrationSteps, FinishingSteps, RunOnboarding],
})
export class OnboardingsModule {}
