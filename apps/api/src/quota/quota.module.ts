import { Module } from '@nestjs/common';
import { SystemDb, TenantsRepository } from '@parley/data';
import { LimitsModule } from '@parley/limits';
import { QuotaController, TenantQuotaController } from './quota.controller.js';
import { Quotas } from './quotas.js';

@Module({
  imports: [LimitsModule],
  controllers: [QuotaController, TenantQuotaController],
  providers: [
    { provide: TenantsRepository, useFactory: (db: SystemDb) => new TenantsRepository(db), inject: [SystemDb] },
    Quotas,
  ],
})
export class QuotaModule {}
