import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { JsonObject } from '../json.js';
import { describeTemplate } from './account-views.js';
import { ChangeTemplate } from './change-template.js';
import { TemplateView } from './dto/account-view.dto.js';
import { TemplateChangeDto, TemplateReviewDto } from './dto/template.dto.js';
import { Known } from './known.js';

/** What Meta decides about templates. */
@ApiTags('Templates')
@Controller('control/templates/:id')
export class TemplatesControlController {
  constructor(
    private readonly known: Known,
    private readonly changeTemplate: ChangeTemplate,
  ) {}

  @ApiOperation({ operationId: 'getTemplate', summary: 'A template with its components' })
  @ApiOkResponse({ type: TemplateView })
  @Get()
  read(@Param('id') id: string): JsonObject {
    return describeTemplate(this.known.template(id));
  }

  @ApiOperation({ operationId: 'changeTemplate', summary: 'Put a template into any status, category or quality' })
  @ApiOkResponse({ type: TemplateView })
  @Put()
  change(@Param('id') id: string, @Body() dto: TemplateChangeDto): JsonObject {
    return describeTemplate(this.changeTemplate.change(this.known.template(id), dto));
  }

  @ApiOperation({ operationId: 'reviewTemplate', summary: 'Take one step of a review, as Meta does' })
  @ApiOkResponse({ type: TemplateView })
  @Post('review')
  @HttpCode(200)
  review(@Param('id') id: string, @Body() dto: TemplateReviewDto): JsonObject {
    return describeTemplate(this.changeTemplate.review(this.known.template(id), dto));
  }
}
