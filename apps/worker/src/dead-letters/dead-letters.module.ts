import { Module } from '@nestjs/common';
import { RedriveProcessor } from './redrive.processor.js';
import { RedriveSchedule } from './redrive-schedule.js';
import { RunRedrives } from './run-redrives.js';

/** Dead letters that go out again, many at a time or by themselves. */
@Module({ providers: [RunRedrives, RedriveProcessor, RedriveSchedule] })
export class DeadLettersModule {}
