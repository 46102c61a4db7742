import { Module } from '@nestjs/common';
import { SystemDb } from '@parley/data';
import { Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { SyncTemplates } from './sync-templates.js';

/** Provides SyncTemplates. It needs DataModule and the global modules of libs/platform. */
@Module({
  providers: [
    {
      provide: SyncTemplates,
      useFactory: (db: SystemDb, metrics: Metrics, logger: PinoLogger) => new SyncTemplates({ db, metrics, logger }),
      inject: [SystemDb, Metrics, PinoLogger],
    },
  ],
  exports: [SyncTemplates],
})
export class SyncTemplatesModule {}
