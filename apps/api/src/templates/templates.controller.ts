import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { lintTemplate, type JsonSchema, type TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { ReadTemplateVersions } from './read-template-versions.js';
import { ReadTemplates } from './read-templates.js';
import { lintReport, LintReportView } from './template-lint.view.js';
import { TemplatePreviewView } from './template-preview.view.js';
import { TemplateDiffView, TemplateVersionQuery, TemplateVersionView } from './template-version.view.js';
import { lintSubjectOf, LintTemplateDto, PreviewTemplateDto } from './template.dto.js';
import { TemplateQuery } from './template.query.js';
import { TemplateGroupView, TemplateView } from './template.view.js';

const LIST = {
  description: 'One page, newest first; with groupBy=name by name.',
  schema: {
    type: 'object',
    required: ['data', 'hasMore', 'nextCursor'],
    properties: {
      data: { type: 'array', items: { anyOf: [TemplateView, TemplateGroupView].map((model) => ({ $ref: getSchemaPath(model) })) } },
      hasMore: { type: 'boolean', examples: [false] },
      nextCursor: { type: ['string', 'null'] as unknown as 'string', examples: [null] },
    },
  },
} as const;

/** Reading message templates; POST /numbers/:id/sync-templates reads them from Meta. */
@ApiTags('templates')
@RequireScope('templates:read')
@Controller('templates')
export class TemplatesController {
  constructor(
    private readonly templates: ReadTemplates,
    private readonly versions: ReadTemplateVersions,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listTemplates', summary: 'List the templates' })
  @ApiExtraModels(TemplateView, TemplateGroupView)
  @ApiOkResponse(LIST as never)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: TemplateQuery): Promise<Page<TemplateView> | Page<TemplateGroupView>> {
    return this.templates.list(tenantId, query);
  }

  @Post('lint')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'lintTemplate', summary: "Hold a template against Meta's rules, without saving it" })
  @ApiOkResponse({ type: LintReportView })
  lint(@Body() body: LintTemplateDto): LintReportView {
    return lintReport(lintTemplate(lintSubjectOf(body)));
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getTemplate', summary: 'See a template and what a send of it must give' })
  @ApiOkResponse({ type: TemplateView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<TemplateView> {
    return this.templates.get(tenantId, id);
  }

  @Get(':id/schema')
  @ApiOperation({ operationId: 'getTemplateSchema', summary: 'JSON Schema of the parameters that a send of it must give' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true }, description: 'JSON Schema, draft 2020-12.' })
  schema(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<JsonSchema> {
    return this.templates.schema(tenantId, id);
  }

  @Post(':id/preview')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'previewTemplate', summary: 'See a template with values filled in, as a phone shows it' })
  @ApiOkResponse({ type: TemplatePreviewView })
  preview(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { parameters }: PreviewTemplateDto): Promise<TemplatePreviewView> {
    return this.templates.preview(tenantId, id, parameters);
  }

  @Get(':id/versions')
  @ApiOperation({ operationId: 'listTemplateVersions', summary: 'List what a template said, and who changed it' })
  @ApiPage(TemplateVersionView)
  listVersions(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: TemplateVersionQuery): Promise<Page<TemplateVersionView>> {
    return this.versions.list(tenantId, id, query);
  }

  @Get(':id/versions/:from/diff/:to')
  @ApiOperation({ operationId: 'diffTemplateVersions', summary: 'See how one version of a template differs from another' })
  @ApiParam({ name: 'from', schema: { type: 'integer', examples: [1] } })
  @ApiParam({ name: 'to', schema: { type: 'integer', examples: [2] } })
  @ApiOkResponse({ type: TemplateDiffView })
  diff(
    @CurrentTenant() tenantId: TenantId,
    @Id() id: string,
    @Param('from') from: string,
    @Param('to') to: string,
  ): Promise<TemplateDiffView> {
    return this.versions.diff(tenantId, id, from, to);
  }
}
