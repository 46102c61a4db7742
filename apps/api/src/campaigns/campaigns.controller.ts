import { Body, Controller, Get, HttpCode, HttpStatus, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { CampaignQuery, ChangeCampaignDto, CreateCampaignDto } from './campaign.dto.js';
import { CampaignDetailView, CampaignView } from './campaign.view.js';
import { OwnCampaigns } from './own-campaigns.js';
import { SteerCampaign } from './steer-campaign.js';

const STATE_CONFLICT = { status: 409, description: 'The state of the campaign does not allow it; detail says what the state is.' } as const;

/** One template message to many people. */
@ApiTags('campaigns')
@Controller('campaigns')
export class CampaignsController {
  constructor(
    private readonly campaigns: OwnCampaigns,
    private readonly steering: SteerCampaign,
  ) {}

  @Post()
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'createCampaign', summary: 'Draft a campaign', description: 'Nothing is sent before it is started. Give it recipients first.' })
  @ApiCreatedResponse({ type: CampaignDetailView })
  create(@CurrentTenant() tenantId: TenantId, @Body() dto: CreateCampaignDto): Promise<CampaignDetailView> {
    return this.campaigns.create(tenantId, dto);
  }

  @Get()
  @RequireScope('campaigns:read')
  @ApiOperation({ operationId: 'listCampaigns', summary: 'List the campaigns' })
  @ApiPage(CampaignView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: CampaignQuery): Promise<Page<CampaignView>> {
    return this.campaigns.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('campaigns:read')
  @ApiOperation({ operationId: 'getCampaign', summary: 'See a campaign, how far it is, and what each variant achieved' })
  @ApiOkResponse({ type: CampaignDetailView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<CampaignDetailView> {
    return this.campaigns.get(tenantId, id);
  }

  @Patch(':id')
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'changeCampaign', summary: 'Change a draft' })
  @ApiOkResponse({ type: CampaignDetailView })
  @ApiResponse(STATE_CONFLICT)
  change(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() dto: ChangeCampaignDto): Promise<CampaignDetailView> {
    return this.campaigns.change(tenantId, id, dto);
  }

  @Post(':id/start')
  @HttpCode(HttpStatus.OK)
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'startCampaign', summary: 'Start a campaign', description: 'Its number, templates and audience are checked first; recipients without consent are skipped, each with the reason.' })
  @ApiOkResponse({ type: CampaignDetailView })
  @ApiResponse(STATE_CONFLICT)
  start(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<CampaignDetailView> {
    return this.steering.act(tenantId, id, 'start');
  }

  @Post(':id/pause')
  @HttpCode(HttpStatus.OK)
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'pauseCampaign', summary: 'Pause a campaign', description: 'Nobody else is fed, and messages that have not left are held. Their validity does not run.' })
  @ApiOkResponse({ type: CampaignDetailView })
  @ApiResponse(STATE_CONFLICT)
  pause(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<CampaignDetailView> {
    return this.steering.act(tenantId, id, 'pause');
  }

  @Post(':id/resume')
  @HttpCode(HttpStatus.OK)
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'resumeCampaign', summary: 'Go on with a paused campaign' })
  @ApiOkResponse({ type: CampaignDetailView })
  @ApiResponse(STATE_CONFLICT)
  resume(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<CampaignDetailView> {
    return this.steering.act(tenantId, id, 'resume');
  }

  @Post(':id/cancel')
  @HttpCode(HttpStatus.OK)
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'cancelCampaign', summary: 'End a campaign', description: 'Nobody else is fed, and messages that have not left are cancelled.' })
  @ApiOkResponse({ type: CampaignDetailView })
  @ApiResponse(STATE_CONFLICT)
  cancel(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<CampaignDetailView> {
    return this.steering.act(tenantId, id, 'cancel');
  }
}
