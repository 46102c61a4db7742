import { Module } from '@nestjs/common';
import { ModuleFlag, SystemDb, TenantsRepository } from '@parley/data';
import { Config } from '@parley/platform';
import { ApplyModuleFlag } from './apply-module-flag.js';
import { ManageTenants } from './manage-tenants.js';
import { OwnTenantController } from './own-tenant.controller.js';
import { TenantsController } from './tenants.controller.js';

@Module({
  controllers: [TenantsController, OwnTenantController],
  providers: [
    { provide: TenantsRepository, useFactory: (db: SystemDb) => new TenantsRepository(db), inject: [SystemDb] },
    { provide: ModuleFlag, useFactory: (db: SystemDb, config: Config) => new ModuleFlag(db, config.modulePolicy), inject: [SystemDb, Config] },
    ManageTenants,
    ApplyModuleFlag,
  ],
})
export class TenantsModule {}
