import { Body, Controller, Delete, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { CreatedKeyView, CreateKeyBody, KeyView } from './key.dto.js';
import { ManageKeys } from './manage-keys.js';

@ApiTags('api-keys')
@Controller('api-keys')
export class KeysController {
  constructor(private readonly keys: ManageKeys) {}

  @Post()
  @RequireScope('keys:write')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'createApiKey', summary: 'Create an API key, shown once' })
  @ApiCreatedResponse({ type: CreatedKeyView })
  create(@CurrentTenantCaller() caller: TenantCaller, @Body() body: CreateKeyBody): Promise<CreatedKeyView> {
    return this.keys.create(caller, body);
  }

  @Get()
  @RequireScope('keys:read')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'List API keys, without their secrets' })
  @ApiPage(KeyView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: PageQuery): Promise<Page<KeyView>> {
    return this.keys.list(tenantId, query);
  }

  @Delete(':id')
  @RequireScope('keys:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key' })
  @ApiNoContentResponse({ description: 'The key is not taken any more, within seconds everywhere.' })
  revoke(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<void> {
    return this.keys.revoke(tenantId, id);
  }
}
