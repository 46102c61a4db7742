import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { ManageTenants } from './manage-tenants.js';
import { TenantView, UpdateTenantBody } from './tenant.dto.js';

/** The organisation of the caller. */
@ApiTags('tenants')
@Controller('tenant')
export class OwnTenantController {
  constructor(private readonly tenants: ManageTenants) {}

  @Get()
  @RequireScope('settings:read')
  @ApiOperation({ operationId: 'getOwnTenant', summary: 'See your organisation' })
  @ApiOkResponse({ type: TenantView })
  own(@CurrentTenant() tenantId: TenantId): Promise<TenantView> {
    return this.tenants.own(tenantId);
  }

  @Patch()
  @RequireScope('settings:write')
  @ApiOperation({ operationId: 'updateOwnTenant', summary: "Change your organisation's name, echo, or what follows an unknown outcome" })
  @ApiOkResponse({ type: TenantView })
  update(@CurrentTenant() tenantId: TenantId, @Body() body: UpdateTenantBody): Promise<TenantView> {
    return this.tenants.updateOwn(tenantId, body);
  }
}
