import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentCaller, CurrentTenant, RequireScope, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { AddAlertChannelBody, ChangeAlertChannelBody } from './alert-channel.dto.js';
import { AlertChannelTestView, alertChannelView, AlertChannelView } from './alert-channel.view.js';
import { ManageAlertChannels } from './manage-alert-channels.js';
import { ReadAlertChannels } from './read-alert-channels.js';
import { TestAlertChannel } from './test-alert-channel.js';

/** Where alerts are told: a tenant's own channels. Those of the platform stand in the configuration and can be seen and tested. */
@ApiTags('alerts')
@Controller('alert-channels')
export class AlertChannelsController {
  constructor(
    private readonly channels: ManageAlertChannels,
    private readonly read: ReadAlertChannels,
    private readonly tests: TestAlertChannel,
  ) {}

  @Post()
  @RequireScope('alerts:write')
  @ApiOperation({ operationId: 'addAlertChannel', summary: 'Be told of alerts by email or Slack' })
  @ApiCreatedResponse({ type: AlertChannelView })
  @ApiResponse({ status: 409, description: 'There are too many channels.' })
  async add(@CurrentTenant() tenantId: TenantId, @Body() body: AddAlertChannelBody): Promise<AlertChannelView> {
    return alertChannelView(await this.channels.add(tenantId, body));
  }

  @Get()
  @RequireScope('alerts:read')
  @ApiOperation({ operationId: 'listAlertChannels', summary: "List alert channels; with the platform's key those of the configuration" })
  @ApiPage(AlertChannelView)
  list(@CurrentCaller() caller: Caller, @Query() query: PageQuery): Promise<Page<AlertChannelView>> {
    return this.read.list(caller, query);
  }

  @Get(':id')
  @RequireScope('alerts:read')
  @ApiOperation({ operationId: 'getAlertChannel', summary: 'See an alert channel, and how it fares' })
  @ApiOkResponse({ type: AlertChannelView })
  find(@CurrentCaller() caller: Caller, @Id() id: string): Promise<AlertChannelView> {
    return this.read.find(caller, id);
  }

  @Patch(':id')
  @RequireScope('alerts:write')
  @ApiOperation({ operationId: 'changeAlertChannel', summary: 'Change an alert channel' })
  @ApiOkResponse({ type: AlertChannelView })
  async change(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: ChangeAlertChannelBody): Promise<AlertChannelView> {
    return alertChannelView(await this.channels.change(tenantId, id, body));
  }

  @Delete(':id')
  @RequireScope('alerts:write')
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeAlertChannel', summary: 'Remove an alert channel' })
  @ApiNoContentResponse({ description: 'Nothing is told there any more, and its address is forgotten.' })
  remove(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<void> {
    return this.channels.remove(tenantId, id);
  }

  @Post(':id/test')
  @RequireScope('alerts:write')
  @HttpCode(200)
  @ApiOperation({ operationId: 'testAlertChannel', summary: 'Send a test message through the channel now' })
  @ApiOkResponse({ type: AlertChannelTestView })
  @ApiResponse({ status: 502, description: 'The channel did not take it; detail says why.' })
  async test(@CurrentCaller() caller: Caller, @Id() id: string): Promise<AlertChannelTestView> {
    await this.tests.test(caller, id);
    return { delivered: true };
  }
}
