import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { SyncTemplatesModule } from '@parley/messaging';
import { Config, Sealer } from '@parley/platform';
import { SyncSchedule } from './sync-schedule.js';
import { SyncTemplatesProcessor } from './sync-templates.processor.js';

/** Templates on the worker. It needs ScheduleModule.forRoot(), QueueModule and DataModule. */
@Module({
  imports: [GraphModule, SyncTemplatesModule],
  providers: [
    { provide: Sealer, useFactory: (config: Config) => new Sealer(config.SEALING_KEYS), inject: [Config] },
    SyncTemplatesProcessor,
    SyncSchedule,
  ],
})
export class TemplatesModule {}
