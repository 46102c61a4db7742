import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { ManageUsers } from './manage-users.js';
import { CreateUserBody, UpdateUserBody, UserView } from './user.dto.js';

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: ManageUsers) {}

  @Post()
  @RequireScope('users:write')
  @ApiOperation({ operationId: 'createUser', summary: 'Register a person' })
  @ApiCreatedResponse({ type: UserView })
  create(@CurrentTenant() tenantId: TenantId, @Body() body: CreateUserBody): Promise<UserView> {
    return this.users.create(tenantId, body);
  }

  @Get()
  @RequireScope('users:read')
  @ApiOperation({ operationId: 'listUsers', summary: 'List the people of the organisation' })
  @ApiPage(UserView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: PageQuery): Promise<Page<UserView>> {
    return this.users.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('users:read')
  @ApiOperation({ operationId: 'getUser', summary: 'See a person' })
  @ApiOkResponse({ type: UserView })
  find(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<UserView> {
    return this.users.find(tenantId, id);
  }

  @Patch(':id')
  @RequireScope('users:write')
  @ApiOperation({ operationId: 'updateUser', summary: "Change a person's role or state" })
  @ApiOkResponse({ type: UserView })
  update(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: UpdateUserBody): Promise<UserView> {
    return this.users.update(tenantId, id, body);
  }
}
