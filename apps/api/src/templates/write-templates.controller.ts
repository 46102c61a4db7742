import { Body, Controller, Delete, HttpCode, HttpStatus, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ChangeTemplates } from './change-templates.js';
import { WrittenTemplateView } from './template-lint.view.js';
import { AddLanguageDto, CreateTemplateDto, EditTemplateDto, RemoveTemplateQuery } from './template.dto.js';

/** Making, changing and deleting message templates. */
@ApiTags('templates')
@RequireScope('templates:write')
@Controller('templates')
export class WriteTemplatesController {
  constructor(private readonly templates: ChangeTemplates) {}

  @Post()
  @ApiOperation({ operationId: 'createTemplate', summary: 'Make a template, as a draft or submitted to Meta at once' })
  @ApiCreatedResponse({ type: WrittenTemplateView })
  create(@CurrentTenant() tenantId: TenantId, @Body() body: CreateTemplateDto): Promise<WrittenTemplateView> {
    return this.templates.create(tenantId, body);
  }

  @Post(':id/languages')
  @ApiOperation({ operationId: 'addTemplateLanguage', summary: 'Make the same template in another language' })
  @ApiCreatedResponse({ type: WrittenTemplateView })
  addLanguage(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: AddLanguageDto): Promise<WrittenTemplateView> {
    return this.templates.addLanguage(tenantId, id, body);
  }

  @Put(':id')
  @ApiOperation({
    operationId: 'editTemplate',
    summary: 'Change a template',
    description: 'A draft changes here. What Meta has is changed there and reviewed again: APPROVED, REJECTED and PAUSED ones; an approved one keeps its category, once in 24 hours and ten times in 30 days.',
  })
  @ApiOkResponse({ type: WrittenTemplateView })
  edit(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() body: EditTemplateDto): Promise<WrittenTemplateView> {
    return this.templates.edit(tenantId, id, body);
  }

  @Post(':id/submit')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'submitTemplate', summary: 'Submit a draft to Meta for review' })
  @ApiOkResponse({ type: WrittenTemplateView })
  submit(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<WrittenTemplateView> {
    return this.templates.submit(tenantId, id);
  }

  @Post(':id/unpause')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'unpauseTemplate', summary: "Release a template that Meta's pacing paused" })
  @ApiOkResponse({ type: WrittenTemplateView })
  unpause(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<WrittenTemplateView> {
    return this.templates.unpause(tenantId, id);
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    operationId: 'deleteTemplate',
    summary: 'Delete a template, in this language or in all',
    description: 'It stays readable, as DISABLED with the reason REMOVED. Meta keeps the name of an approved one for 30 days.',
  })
  @ApiNoContentResponse({ description: 'Gone.' })
  remove(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() { allLanguages }: RemoveTemplateQuery): Promise<void> {
    return this.templates.remove(tenantId, id, allLanguages);
  }
}
