import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { BeginHoldDto, HoldQuery } from './hold.dto.js';
import { HoldView } from './hold.view.js';
import { ManageHolds } from './manage-holds.js';

/** Pausing and resuming: what is held keeps its messages, and their validity stands still. */
@ApiTags('holds')
@Controller('holds')
export class HoldsController {
  constructor(private readonly holds: ManageHolds) {}

  @Post()
  @RequireScope('numbers:write')
  @ApiOperation({
    operationId: 'beginHold',
    summary: 'Pause a number, an account, a template or the whole organisation',
    description: 'Messages are accepted and wait. Again for the same: the new reason and time replace the old.',
  })
  @ApiCreatedResponse({ type: HoldView })
  begin(@CurrentTenantCaller() caller: TenantCaller, @Body() body: BeginHoldDto): Promise<HoldView> {
    return this.holds.begin(caller, body);
  }

  @Get()
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'listHolds', summary: 'List what is held now, by you, by Meta, or by a circuit breaker' })
  @ApiPage(HoldView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: HoldQuery): Promise<Page<HoldView>> {
    return this.holds.list(tenantId, query);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'endHold', summary: 'Resume what is held', description: 'What Meta still refuses is held again by its next answer.' })
  @ApiNoContentResponse({ description: 'Lifted; what waited may leave.' })
  end(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string): Promise<void> {
    return this.holds.end(caller, id);
  }
}
