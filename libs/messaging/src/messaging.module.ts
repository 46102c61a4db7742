import { Global, Module } from '@nestjs/common';
import { SystemDb } from '@parley/data';
import { Config, Metrics, ShutdownSteps } from '@parley/platform';
import { JobProducer } from '@parley/queue';
import { PinoLogger } from 'nestjs-pino';
import { AcceptMessages } from './accept-messages.js';

const SECONDS_PER_HOUR = 3_600;

/** Provides the acceptance of messages. It needs DataModule, QueueModule and the global modules of libs/platform. */
@Global()
@Module({
  providers: [
    {
      provide: AcceptMessages,
      useFactory: (config: Config, db: SystemDb, producer: JobProducer, metrics: Metrics, logger: PinoLogger, shutdown: ShutdownSteps) => {
        const validSeconds = config.MESSAGE_VALIDITY_HOURS * SECONDS_PER_HOUR;
        const acceptance = new AcceptMessages({ db, producer, metrics, logger, validSeconds });
        shutdown.add('flush-batchers', 'acceptance', () => acceptance.close());
        return acceptance;
      },
      inject: [Config, SystemDb, JobProducer, Metrics, PinoLogger, ShutdownSteps],
    },
  ],
  exports: [AcceptMessages],
})
export class MessagingModule {}
