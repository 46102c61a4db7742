import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { Config } from './config.js';
import { loadConfig } from './load-config.js';

/**
 * Provides Config everywhere. Inject `Config`: it is typed. `ConfigService` of `@nestjs/config` serves the same values
 * under the same names for those who expect it.
 */
@Module({})
export class ConfigModule {
  /** Hands out a configuration; without one it is read from the environment. */
  static forRoot(config: Config = loadConfig()): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      imports: [
        NestConfigModule.forRoot({
          isGlobal: true,
          // The values were read and checked by then. `validate` would also write the defaults, secrets among them,
          // back into the environment of this process and of its children.
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: [() => ({ ...config })],
        }),
      ],
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
