import { Module } from '@nestjs/common';
import { SystemDb } from '@parley/data';
import { GuardedFetch } from '@parley/http';
import { Clock, Config, Metrics, Sealer, ShutdownSteps } from '@parley/platform';
import { CustomerDirectory } from './customer-directory.js';
import { HttpCustomerDirectory, HttpOrderBook } from './http-lookups.js';
import { OrderBook } from './order-book.js';
import { LOOKUP_ANSWER_BYTES, LOOKUP_TIMEOUT_MS, TenantSystem } from './tenant-system.js';

/** Provides CustomerDirectory and OrderBook: what tenants' own systems know, over HTTP. */
@Module({
  providers: [
    {
      provide: TenantSystem,
      useFactory: ({ HTTP_ALLOWED_ORIGINS: allowedOrigins = [] }: Config, db: SystemDb, sealer: Sealer, clock: Clock, metrics: Metrics, shutdown: ShutdownSteps) => {
        const http = new GuardedFetch({ allowedOrigins, timeoutMs: LOOKUP_TIMEOUT_MS, maxResponseBytes: LOOKUP_ANSWER_BYTES });
        shutdown.add('close-redis', 'lookups', () => http.close());
        return new TenantSystem({ db, http, sealer, clock, metrics });
      },
      inject: [Config, SystemDb, Sealer, Clock, Metrics, ShutdownSteps],
    },
    { provide: CustomerDirectory, useFactory: (system: TenantSystem) => new HttpCustomerDirectory(system), inject: [TenantSystem] },
    { provide: OrderBook, useFactory: (system: TenantSystem) => new HttpOrderBook(system), inject: [TenantSystem] },
  ],
  exports: [CustomerDirectory, OrderBook],
})
export class LookupsModule {}
