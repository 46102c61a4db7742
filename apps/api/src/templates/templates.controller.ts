import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { ReadTemplates } from './read-templates.js';
import { TemplateQuery } from './template.query.js';
import { TemplateView } from './template.view.js';

/** Message templates; POST /numbers/:id/sync-templates reads them from Meta. */
@ApiTags('templates')
@RequireScope('templates:read')
@Controller('templates')
export class TemplatesController {
  constructor(private readonly templates: ReadTemplates) {}

  @Get()
  @ApiOperation({ operationId: 'listTemplates', summary: 'List the templates' })
  @ApiPage(TemplateView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: TemplateQuery): Promise<Page<TemplateView>> {
    return this.templates.list(tenantId, query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getTemplate', summary: 'See a template and what a send of it must give' })
  @ApiOkResponse({ type: TemplateView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<TemplateView> {
    return this.templates.get(tenantId, id);
  }
}
