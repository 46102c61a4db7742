import { Module } from '@nestjs/common';
import { Clock, SystemClock } from '@parley/platform';
import { KeysController } from './keys.controller.js';
import { ManageKeys } from './manage-keys.js';

@Module({ controllers: [KeysController], providers: [{ provide: Clock, useClass: SystemClock }, ManageKeys] })
export class KeysModule {}
