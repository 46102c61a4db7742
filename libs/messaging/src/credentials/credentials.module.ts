import { Module } from '@nestjs/common';
import { AccessLookups, SystemDb } from '@parley/data';
import { GuardedFetch } from '@parley/http';
import { Config, Sealer, ShutdownSteps } from '@parley/platform';
import { CredentialSource } from './credential-source.js';
import { SealedCredentials } from './sealed-credentials.js';
import { TenantServiceCredentials } from './tenant-service-credentials.js';

/** A send waits for the answer: a service that needs longer is as good as away. */
const TIMEOUT_MS = 5_000;
const MAX_RESPONSE_BYTES = 16 * 1024;

/** Provides CredentialSource: the tenant service where one is configured, else Parley's own store. */
@Module({
  providers: [
    {
      provide: CredentialSource,
      useFactory: (config: Config, db: SystemDb, sealer: Sealer, shutdown: ShutdownSteps): CredentialSource => {
        const lookups = new AccessLookups(db);
        const { TENANT_SERVICE_URL: url, TENANT_SERVICE_TOKEN: authToken } = config;
        if (url === undefined || authToken === undefined) return new SealedCredentials(lookups, sealer);
        const http = new GuardedFetch({ allowedOrigins: [new URL(url).origin], timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_RESPONSE_BYTES });
        shutdown.add('close-redis', 'tenant-service', () => http.close());
        return new TenantServiceCredentials(lookups, http, { url, authToken });
      },
      inject: [Config, SystemDb, Sealer, ShutdownSteps],
    },
  ],
  exports: [CredentialSource],
})
export class CredentialsModule {}
