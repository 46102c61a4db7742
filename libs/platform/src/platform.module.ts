import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { Clock, SystemClock } from './clock.js';
import { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { loggerModuleParams } from './logging/logging.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { Sealer } from './sealing.js';
import { ShutdownModule } from './shutdown.module.js';

/** All of this library for the root module of an app: Config, PinoLogger, Metrics, ShutdownSteps, Clock, Sealer. */
@Module({})
export class PlatformModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [
        ConfigModule.forRoot(config),
        LoggerModule.forRoot(loggerModuleParams(logger)),
        MetricsModule.forRoot(),
        ShutdownModule.forRoot(),
      ],
      providers: [
        { provide: Clock, useClass: SystemClock },
        { provide: Sealer, useFactory: ({ SEALING_KEYS }: Config) => new Sealer(SEALING_KEYS), inject: [Config] },
      ],
      exports: [Clock, Sealer],
    };
  }
}
