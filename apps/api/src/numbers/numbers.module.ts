import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { GuardedFetchModule } from '@parley/http';
import { MessagingModule, SyncTemplatesModule } from '@parley/messaging';
import { AccountTemplates } from './account-templates.js';
import { CallbackHandshake } from './callback-handshake.js';
import { ReadCanary } from './canary/read-canary.js';
import { SendCanary } from './canary/send-canary.js';
import { ConnectNumber } from './connect-number.js';
import { DiagnoseNumber } from './doctor/diagnose-number.js';
import { DoctorController } from './doctor/doctor.controller.js';
import { NumberAtMeta } from './number-at-meta.js';
import { NumberPins } from './number-pins.js';
import { NumberSettingsController } from './number-settings.controller.js';
import { NumberSettings } from './number-settings.js';
import { NumbersController } from './numbers.controller.js';
import { NumbersService } from './numbers.service.js';
import { OwnNumbers } from './own-numbers.js';
import { RefreshNumber } from './refresh-number.js';
import { RegisterNumber } from './register-number.js';
import { RegistrationController } from './registration.controller.js';
import { ResumeNumber } from './resume-number.js';
import { StoreNumber } from './store-number.js';

@Module({
  imports: [GraphModule, GuardedFetchModule, SyncTemplatesModule, MessagingModule],
  controllers: [NumbersController, RegistrationController, NumberSettingsController, DoctorController],
  providers: [
    NumberAtMeta,
    StoreNumber,
    ResumeNumber,
    AccountTemplates,
    ConnectNumber,
    OwnNumbers,
    NumbersService,
    NumberPins,
    RefreshNumber,
    RegisterNumber,
    CallbackHandshake,
    NumberSettings,
    ReadCanary,
    SendCanary,
    DiagnoseNumber,
  ],
  exports: [NumberAtMeta, StoreNumber, ResumeNumber, AccountTemplates, OwnNumbers, RefreshNumber, RegisterNumber],
})
export class NumbersModule {}
