import { Module } from '@nestjs/common';
import { rateCardProvider } from '@parley/messaging';
import { RollUp } from './roll-up.js';
import { RollUpSchedule } from './roll-up-schedule.js';

@Module({ providers: [rateCardProvider, RollUp, RollUpSchedule], exports: [RollUp] })
export class StatsModule {}
