import { Body, Controller, Get, Header, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequirePlatform, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { ManageTenants } from './manage-tenants.js';
import { ChangeTenantBody, CreatedTenantView, CreateTenantBody, TenantView, TenantWeight } from './tenant.dto.js';

/** Organisations, for the platform's operators. */
@ApiTags('tenants')
@RequirePlatform()
@Controller('tenants')
export class TenantsController {
  constructor(private readonly tenants: ManageTenants) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'createTenant', summary: 'Create an organisation and its first API key' })
  @ApiCreatedResponse({ type: CreatedTenantView })
  create(@Body() body: CreateTenantBody): Promise<CreatedTenantView> {
    return this.tenants.create(body);
  }

  @Get()
  @ApiOperation({ operationId: 'listTenants', summary: 'List organisations' })
  @ApiPage(TenantView)
  list(@Query() query: PageQuery): Promise<Page<TenantView>> {
    return this.tenants.list(query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getTenant', summary: 'See an organisation' })
  @ApiOkResponse({ type: TenantView })
  find(@Id() id: string): Promise<TenantView> {
    return this.tenants.find(id);
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'changeTenant',
    summary: "Switch an organisation's module on or off",
    description: 'While it is off, its sends are refused with module.disabled, and its webhooks wait in the ledger; they are applied when it is on again.',
  })
  @ApiOkResponse({ type: TenantView })
  change(@Id() id: string, @Body() body: ChangeTenantBody, @CurrentCaller() { actor }: Caller): Promise<TenantView> {
    return this.tenants.chooseModule(id, body, actor);
  }

  @Put(':id/weight')
  @ApiOperation({ operationId: 'weighTenant', summary: "Set an organisation's share of busy workers" })
  @ApiOkResponse({ type: TenantWeight })
  weigh(@Id() id: string, @Body() body: TenantWeight): Promise<TenantWeight> {
    return this.tenants.weigh(id, body);
  }
}
