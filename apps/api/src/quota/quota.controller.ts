import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentCaller, CurrentTenant, RequirePlatform, RequireScope, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ChangeQuotaBody, QuotaView } from './quota.dto.js';
import { Quotas } from './quotas.js';

/** The quota of the caller's organisation. */
@ApiTags('quota')
@Controller('quota')
export class QuotaController {
  constructor(private readonly quotas: Quotas) {}

  @Get()
  @RequireScope('settings:read')
  @ApiOperation({ operationId: 'getQuota', summary: 'See how many messages your organisation may still send' })
  @ApiOkResponse({ type: QuotaView })
  own(@CurrentTenant() tenantId: TenantId): Promise<QuotaView> {
    return this.quotas.own(tenantId);
  }
}

/** Quotas of organisations, for the platform's operators. */
@ApiTags('quota')
@RequirePlatform()
@Controller('tenants/:id/quota')
export class TenantQuotaController {
  constructor(private readonly quotas: Quotas) {}

  @Get()
  @ApiOperation({ operationId: 'getTenantQuota', summary: "See an organisation's quota" })
  @ApiOkResponse({ type: QuotaView })
  find(@Id() id: string): Promise<QuotaView> {
    return this.quotas.find(id);
  }

  @Put()
  @ApiOperation({
    operationId: 'changeTenantQuota',
    summary: "Change an organisation's quota",
    description: 'It counts from the next message on; messages that wait for the reset are looked at again. The change is in the audit log.',
  })
  @ApiOkResponse({ type: QuotaView })
  change(@Id() id: string, @Body() { limit }: ChangeQuotaBody, @CurrentCaller() { actor }: Caller): Promise<QuotaView> {
    return this.quotas.change(id, limit, actor);
  }
}
