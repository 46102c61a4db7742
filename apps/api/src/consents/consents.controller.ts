import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentCaller, CurrentTenant, RequireScope, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { RecordConsentDto, StandingConsentsQuery } from './consent.dto.js';
import { ConsentEventView, RecordedConsentsView, StandingConsentsView } from './consent.view.js';
import { ReadConsents } from './read-consents.js';
import { RecordConsent } from './record-consent.js';

/** Consent to be written to, with its proof. */
@ApiTags('consents')
@Controller()
export class ConsentsController {
  constructor(
    private readonly recording: RecordConsent,
    private readonly reading: ReadConsents,
  ) {}

  @Post('consents')
  @RequireScope('consents:write')
  @ApiOperation({ operationId: 'recordConsent', summary: 'Record what a contact decided; an unknown contact is made' })
  @ApiCreatedResponse({ type: RecordedConsentsView })
  record(
    @CurrentTenant() tenantId: TenantId,
    @CurrentCaller() { actor }: Caller,
    @Body() decision: RecordConsentDto,
  ): Promise<RecordedConsentsView> {
    return this.recording.record(tenantId, actor, decision);
  }

  @Get('consents')
  @RequireScope('consents:read')
  @ApiOperation({ operationId: 'getStandingConsents', summary: "See a contact's consents as they stand" })
  @ApiOkResponse({ type: StandingConsentsView })
  standing(@CurrentTenant() tenantId: TenantId, @Query() query: StandingConsentsQuery): Promise<StandingConsentsView> {
    return this.reading.standing(tenantId, query);
  }

  @Get('contacts/:id/consents')
  @RequireScope('consents:read')
  @ApiOperation({ operationId: 'listConsentEvents', summary: "See every decision of a contact: the append-only record" })
  @ApiPage(ConsentEventView)
  history(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: PageQuery): Promise<Page<ConsentEventView>> {
    return this.reading.history(tenantId, id, query);
  }
}
