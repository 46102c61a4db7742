import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { SyncTemplatesModule } from '@parley/messaging';
import { SyncSchedule } from './sync-schedule.js';
import { SyncTemplatesProcessor } from './sync-templates.processor.js';

/** Templates on the worker. It needs ScheduleModule.forRoot(), QueueModule and DataModule. */
@Module({
  imports: [GraphModule, SyncTemplatesModule],
  providers: [
    SyncTemplatesProcessor,
    SyncSchedule,
  ],
})
export class TemplatesModule {}
