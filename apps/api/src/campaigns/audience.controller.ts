import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError, type TenantId } from '@parley/domain';
import type { FastifyRequest } from 'fastify';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { AudienceReportView, audienceReportView, UploadReportView } from './audience-report.view.js';
import { AddRecipientsDto, RecipientQuery } from './campaign.dto.js';
import { CHARSETS } from '../csv/file-charset.js';
import { ReadRecipients } from './read-recipients.js';
import { ReceiveAudience } from './receive-audience.js';
import { RecipientView } from './recipient.view.js';
import { TakeAudience } from './take-audience.js';

const FORM = {
  type: 'object',
  required: ['file'],
  properties: {
    charset: { type: 'string', enum: [...CHARSETS], description: 'Without it, it is told from the bytes; the report says how.' },
    delimiter: { type: 'string', enum: ['comma', 'semicolon', 'tab'], description: 'Without it, by the first line.' },
    country: { type: 'string', examples: ['RO'], description: 'ISO 3166: of phone numbers without a calling code.' },
    phoneColumn: { type: 'string', examples: ['Telefon client'] },
    file: { type: 'string', format: 'binary', description: 'CSV; the first line names the columns. After the other fields.' },
  },
};
const CONFLICT = { status: 409, description: 'The campaign is no DRAFT any more, or another upload is under way.' } as const;

/** Who gets a campaign. */
@ApiTags('campaigns')
@Controller('campaigns/:id/recipients')
export class AudienceController {
  constructor(
    private readonly audience: TakeAudience,
    private readonly files: ReceiveAudience,
    private readonly recipients: ReadRecipients,
  ) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @RequireScope('campaigns:write')
  @ApiOperation({ operationId: 'addRecipients', summary: 'Add recipients to a draft', description: 'A list, of which the good ones are taken and each bad one is named; or all contacts with a tag. Nobody is added twice.' })
  @ApiOkResponse({ type: AudienceReportView })
  @ApiResponse(CONFLICT)
  async add(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { recipients, tag }: AddRecipientsDto): Promise<AudienceReportView> {
    if ((recipients === undefined) === (tag === undefined)) throw notOne();
    return audienceReportView(recipients ? await this.audience.list(tenantId, id, recipients) : await this.audience.tag(tenantId, id, tag!));
  }

  @Post('file')
  @HttpCode(HttpStatus.OK)
  @RouteConfig({ takesFile: true })
  @RequireScope('campaigns:write')
  @ApiOperation({
    operationId: 'uploadRecipients',
    summary: 'Add the recipients of a CSV to a draft',
    description:
      'A column phone (or contactId), and if you like locale and timeZone; every other column is a field by its name. Read as it arrives, up to 1 GB. ' +
      'Bad rows are reported by line and reason, the others taken; a file that breaks off leaves nothing.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: FORM })
  @ApiOkResponse({ type: UploadReportView })
  @ApiResponse(CONFLICT)
  async upload(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Req() request: FastifyRequest): Promise<UploadReportView> {
    await this.files.receive(tenantId, id, request);
    return this.recipients.report(tenantId, id);
  }

  @Get()
  @RequireScope('campaigns:read')
  @ApiOperation({ operationId: 'listRecipients', summary: 'List the recipients of a campaign in their order' })
  @ApiPage(RecipientView)
  list(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: RecipientQuery): Promise<Page<RecipientView>> {
    return this.recipients.list(tenantId, id, query);
  }

  @Get('report')
  @RequireScope('campaigns:read')
  @ApiOperation({ operationId: 'getRecipientsReport', summary: 'See what became of the last file or tag' })
  @ApiOkResponse({ type: UploadReportView })
  report(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<UploadReportView> {
    return this.recipients.report(tenantId, id);
  }
}

function notOne(): DomainError {
  const detail = 'Give recipients or tag, one of them.';
  return new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'field.invalid', detail }] });
}
