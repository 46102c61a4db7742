import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequireScope, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, pageOf, PageQuery, type Page } from '../http/page.js';
import { AddAppBody, appView, AppView, ReplaceAppSecretsBody } from './app.dto.js';
import { RegisterApps } from './register-apps.js';

/** Meta apps: a tenant's own, or with the platform's key the platform's. */
@ApiTags('apps')
@Controller('apps')
export class AppsController {
  constructor(private readonly apps: RegisterApps) {}

  @Post()
  @RequireScope('apps:write')
  @ApiOperation({ operationId: 'addApp', summary: 'Register a Meta app' })
  @ApiCreatedResponse({ type: AppView })
  async add(@CurrentCaller() caller: Caller, @Body() body: AddAppBody): Promise<AppView> {
    return appView(await this.apps.add(caller, body));
  }

  @Get()
  @RequireScope('apps:read')
  @ApiOperation({ operationId: 'listApps', summary: 'List Meta apps' })
  @ApiPage(AppView)
  async list(@CurrentCaller() caller: Caller, @Query() query: PageQuery): Promise<Page<AppView>> {
    return pageOf(await this.apps.list(caller, query), query, appView);
  }

  @Put(':id/secrets')
  @RequireScope('apps:write')
  @ApiOperation({ operationId: 'replaceAppSecrets', summary: "Replace a Meta app's secrets and verify token" })
  @ApiOkResponse({ type: AppView })
  async replaceSecrets(
    @CurrentCaller() caller: Caller,
    @Id() id: string,
    @Body() body: ReplaceAppSecretsBody,
  ): Promise<AppView> {
    return appView(await this.apps.replaceSecrets(caller, id, body));
  }
}
