import { Module } from '@nestjs/common';
import { Caches } from '@parley/cache';
import { SystemDb } from '@parley/data';
import { Clock, Metrics } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { CachedTemplates, TEMPLATE_CACHE } from './cached-templates.js';
import { SyncTemplates } from './sync-templates.js';
import { TemplateChanges } from './template-changes.js';

/** Provides SyncTemplates, TemplateChanges and CachedTemplates. It needs DataModule, QueueModule, CacheModule and libs/platform. */
@Module({
  providers: [
    { provide: CachedTemplates, useFactory: (caches: Caches) => new CachedTemplates(caches.create(TEMPLATE_CACHE)), inject: [Caches] },
    {
      provide: TemplateChanges,
      useFactory: (db: SystemDb, cached: CachedTemplates<unknown>, producer: JobProducer, metrics: Metrics, logger: PinoLogger) =>
        new TemplateChanges({ db, cached, producer, metrics, logger }),
      inject: [SystemDb, CachedTemplates, JobProducer, Metrics, PinoLogger],
    },
    {
      provide: SyncTemplates,
      useFactory: (db: SystemDb, changes: TemplateChanges, clock: Clock) => new SyncTemplates({ db, changes, clock }),
      inject: [SystemDb, TemplateChanges, Clock],
    },
  ],
  exports: [SyncTemplates, TemplateChanges, CachedTemplates],
})
export class SyncTemplatesModule {}
