import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CONSENT_IMPORT_FIELDS, type TenantId } from '@parley/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, CurrentTenant, RequireScope, type Caller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { CHARSETS } from '../csv/file-charset.js';
import { RecordConsentDto, StandingConsentsQuery } from './consent.dto.js';
import { ConsentImportView } from './consent-import.view.js';
import { ConsentProofView } from './consent-proof.view.js';
import { ConsentEventView, RecordedConsentsView, StandingConsentsView } from './consent.view.js';
import { ImportConsents } from './import-consents.js';
import { ProveConsents } from './prove-consents.js';
import { ReadConsents } from './read-consents.js';
import { RecordConsent } from './record-consent.js';

const IMPORTED_ROW = {
  type: 'object',
  required: ['phone', 'purpose', 'status', 'at', 'source'],
  properties: Object.fromEntries(CONSENT_IMPORT_FIELDS.map((field) => [field, { type: 'string' }])),
  example: { phone: '+40723000111', purpose: 'utility|marketing', status: 'GRANTED', at: '2026-03-01T18:30:00+02:00', source: 'booking form', evidence: 'B-2210, box ticked' },
};
const IMPORT = {
  type: 'object',
  properties: {
    rows: { type: 'array', items: IMPORTED_ROW, description: 'Of JSON.' },
    country: { type: 'string', examples: ['RO'], description: 'ISO 3166: of phone numbers without a calling code.' },
    charset: { type: 'string', enum: [...CHARSETS], description: 'Of a form; without it, it is told from the bytes.' },
    delimiter: { type: 'string', enum: ['comma', 'semicolon', 'tab'], description: 'Of a form; without it, by the first line.' },
    phoneColumn: { type: 'string', examples: ['Telefon client'], description: 'Of a form.' },
    file: { type: 'string', format: 'binary', description: 'Of a form: CSV; the first line names the columns phone, purpose, status, at, source and, if you like, evidence and numberId. After the other fields.' },
  },
};

/** Consent to be written to, with its proof. */
@ApiTags('consents')
@Controller()
export class ConsentsController {
  constructor(
    private readonly recording: RecordConsent,
    private readonly reading: ReadConsents,
    private readonly imports: ImportConsents,
    private readonly proofs: ProveConsents,
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

  @Post('consents/import')
  @HttpCode(HttpStatus.OK)
  @RouteConfig({ takesFile: true })
  @RequireScope('consents:write')
  @ApiOperation({
    operationId: 'importConsents',
    summary: 'Record decisions that were made elsewhere, with their evidence',
    description: 'Up to 10,000 rows as a CSV or as JSON. Bad rows are named, the others recorded. A later decision is never overwritten by an earlier one, and the same rows again change nothing.',
  })
  @ApiConsumes('multipart/form-data', 'application/json')
  @ApiBody({ schema: IMPORT })
  @ApiOkResponse({ type: ConsentImportView })
  import(@CurrentTenant() tenantId: TenantId, @CurrentCaller() { actor }: Caller, @Req() request: FastifyRequest): Promise<ConsentImportView> {
    return this.imports.import(tenantId, actor, request);
  }

  @Get('consents')
  @RequireScope('consents:read')
  @ApiOperation({ operationId: 'getStandingConsents', summary: 'See consents as they stand, of a contact or of all' })
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

  @Get('contacts/:id/consents/proof')
  @RequireScope('consents:read')
  @ApiOperation({ operationId: 'proveConsents', summary: 'Download the proof of what a contact decided', description: 'Every decision with its text, message and times, and what stands; with a hash by which anybody can tell that nothing of it was changed.' })
  @ApiOkResponse({ type: ConsentProofView })
  async proof(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ConsentProofView> {
    const proof = await this.proofs.prove(tenantId, id);
    void reply.header('content-disposition', `attachment; filename="consent-proof-${id}.json"`);
    return proof;
  }
}
