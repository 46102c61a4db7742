import { Global, Module } from '@nestjs/common';
import { SystemDb } from '@parley/data';
import { Config, logEvent, Metrics, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { AcceptMessages } from './accept-messages.js';
import { Backlog } from './backlog.js';
import { CredentialsModule } from './credentials/credentials.module.js';

const SECONDS_PER_HOUR = 3_600;

/** Provides the acceptance of messages. It needs DataModule, QueueModule and the global modules of libs/platform. */
@Global()
@Module({
  imports: [CredentialsModule],
  providers: [
    {
      provide: Backlog,
      useFactory: (config: Config, db: SystemDb, logger: PinoLogger, shutdown: ShutdownSteps) => {
        const backlog = new Backlog({
          db,
          caps: { tenant: config.BACKLOG_TENANT_CAP, platform: config.BACKLOG_PLATFORM_CAP },
          pauseMs: config.BACKLOG_COUNT_PAUSE_MS,
          onFailure: (error) => logEvent(logger, 'backlog.count_failed', { err: error instanceof Error ? error : new Error(String(error)) }),
        });
        shutdown.add('stop-intake', 'backlog', () => backlog.stop());
        backlog.start();
        return backlog;
      },
      inject: [Config, SystemDb, PinoLogger, ShutdownSteps],
    },
    {
      provide: AcceptMessages,
      useFactory: (
        config: Config,
        db: SystemDb,
        producer: JobProducer,
        metrics: Metrics,
        logger: PinoLogger,
        shutdown: ShutdownSteps,
        backlog: Backlog,
      ) => {
        const validSeconds = config.MESSAGE_VALIDITY_HOURS * SECONDS_PER_HOUR;
        const acceptance = new AcceptMessages({ db, producer, metrics, logger, validSeconds, backlog });
        shutdown.add('flush-batchers', 'acceptance', () => acceptance.close());
        return acceptance;
      },
      inject: [Config, SystemDb, JobProducer, Metrics, PinoLogger, ShutdownSteps, Backlog],
    },
  ],
  exports: [CredentialsModule, AcceptMessages, Backlog],
})
export class MessagingModule {}
