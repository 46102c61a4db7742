import { Module } from '@nestjs/common';
import { Config, ShutdownSteps } from '@parley/platform';
import { GuardedFetch } from './guarded-fetch.js';

/** Provides GuardedFetch, whose connections the shutdown closes. */
@Module({
  providers: [
    {
      provide: GuardedFetch,
      useFactory: ({ HTTP_ALLOWED_ORIGINS: allowedOrigins = [] }: Config, shutdown: ShutdownSteps) => {
        const http = new GuardedFetch({ allowedOrigins });
        shutdown.add('close-redis', 'guarded-fetch', () => http.close());
        return http;
      },
      inject: [Config, ShutdownSteps],
    },
  ],
  exports: [GuardedFetch],
})
export class GuardedFetchModule {}
