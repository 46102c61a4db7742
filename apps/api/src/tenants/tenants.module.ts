import { Module } from '@nestjs/common';
import { SystemDb, TenantsRepository } from '@parley/data';
import { ManageTenants } from './manage-tenants.js';
import { OwnTenantController } from './own-tenant.controller.js';
import { TenantsController } from './tenants.controller.js';

@Module({
  controllers: [TenantsController, OwnTenantController],
  providers: [
    { provide: TenantsRepository, useFactory: (db: SystemDb) => new TenantsRepository(db), inject: [SystemDb] },
    ManageTenants,
  ],
})
export class TenantsModule {}
