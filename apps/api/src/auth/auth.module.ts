import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessLookups } from '@parley/data';
import { AuthFailures, LimitsModule } from '@parley/limits';
import { Config, Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { AccessGuard } from './access.guard.js';
import { ApiKeys } from './api-keys.js';
import { AssertAccessDeclared } from './assert-access-declared.js';
import { Authenticate } from './authenticate.js';
import { Jwts } from './jwt.js';

/** Guards every route of the application. */
@Global()
@Module({
  imports: [DiscoveryModule, LimitsModule],
  providers: [
    {
      provide: ApiKeys,
      useFactory: (lookups: AccessLookups, config: Config) => new ApiKeys(lookups, config.AUTH_CACHE_SECONDS),
      inject: [AccessLookups, Config],
    },
    {
      provide: Authenticate,
      useFactory: (
        lookups: AccessLookups,
        apiKeys: ApiKeys,
        failures: AuthFailures,
        config: Config,
        logger: PinoLogger,
        metrics: Metrics,
      ) => {
        const { jwt, AUTH_CACHE_SECONDS: cacheSeconds, PLATFORM_ADMIN_KEY: platformKey } = config;
        const jwts = jwt && new Jwts(jwt, lookups, cacheSeconds);
        return new Authenticate({ platformKey, apiKeys, jwts, failures, logger, metrics });
      },
      inject: [AccessLookups, ApiKeys, AuthFailures, Config, PinoLogger, Metrics],
    },
    { provide: APP_GUARD, useClass: AccessGuard },
    AssertAccessDeclared,
  ],
  exports: [ApiKeys, AssertAccessDeclared],
})
export class AuthModule {}
