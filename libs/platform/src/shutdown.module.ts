import { Module, type DynamicModule } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Config } from './config/config.js';
import { ShutdownSteps } from './shutdown.js';

/** Provides ShutdownSteps everywhere. It needs ConfigModule and LoggerModule. */
@Module({})
export class ShutdownModule {
  static forRoot(): DynamicModule {
    return {
      module: ShutdownModule,
      global: true,
      providers: [
        {
          provide: ShutdownSteps,
          useFactory: (config: Config, logger: PinoLogger) => new ShutdownSteps(logger, config.SHUTDOWN_TIMEOUT_MS),
          inject: [Config, PinoLogger],
        },
      ],
      exports: [ShutdownSteps],
    };
  }
}
