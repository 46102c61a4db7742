import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import type { NewOnboarding } from './onboarding-store.js';
import { OnboardingStore } from './onboarding-store.js';
import { ResumeOnboardingDto, StartOnboardingDto } from './onboarding.dto.js';
import { OnboardingView } from './onboarding.view.js';
import { RunOnboarding } from './run-onboarding.js';

/** Numbers on their way onto the platform. */
@ApiTags('onboardings')
@Controller('onboardings')
export class OnboardingsController {
  constructor(
    private readonly onboardings: RunOnboarding,
    private readonly store: OnboardingStore,
  ) {}

  @Post()
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'startOnboarding', summary: 'Bring a number in, as far as it goes without asking' })
  @ApiCreatedResponse({ type: OnboardingView, description: 'It has begun; state, step and problem say how far it came.' })
  start(@CurrentTenant() tenantId: TenantId, @Body() body: StartOnboardingDto): Promise<OnboardingView> {
    return this.onboardings.start(tenantId, onboardingOf(body));
  }

  @Get()
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'listOnboardings', summary: 'List the onboardings' })
  @ApiPage(OnboardingView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: PageQuery): Promise<Page<OnboardingView>> {
    return this.store.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('numbers:read')
  @ApiOperation({ operationId: 'getOnboarding', summary: 'See how far an onboarding came' })
  @ApiOkResponse({ type: OnboardingView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<OnboardingView> {
    return this.store.get(tenantId, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @RequireScope('numbers:write')
  @ApiOperation({ operationId: 'resumeOnboarding', summary: 'Go on where it stopped, with what it waits for' })
  @ApiOkResponse({ type: OnboardingView })
  resume(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: ResumeOnboardingDto): Promise<OnboardingView> {
    return this.onboardings.resume(tenantId, id, body);
  }
}

const USUAL_VERIFICATION = { method: 'SMS', language: 'en_US' } as const;

function onboardingOf({ method, wabaId, graphNumberId, accessToken, code, appId, pin, verification }: StartOnboardingDto): NewOnboarding {
  const token = method === 'token' && accessToken !== undefined ? { accessToken } : {};
  const single = method === 'code' && code !== undefined ? { code } : {};
  return {
    method,
    wabaId,
    graphNumberId: graphNumberId ?? null,
    metaAppId: appId ?? null,
    verification: verification ?? USUAL_VERIFICATION,
    secrets: { ...token, ...single, ...(pin !== undefined && { pin }) },
  };
}
