import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../../json.js';
import type { Template } from '../../state/account.js';
import { GraphError } from '../graph-error.js';
import { Nodes } from '../nodes.js';
import { pageOf, type GraphPage } from '../paging.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';
import { otpTexts, readExpiry } from './definition/authentication.js';
import { readLanguage } from './definition/read-definition.js';
import { isWanted, type TemplateQuery } from './template-filters.js';
import { TemplateReviews } from './template-reviews.js';
import { WriteTemplates } from './write-templates.js';

/** The templates of an account. */
@Controller()
export class TemplatesController {
  constructor(
    private readonly access: TokenAccess,
    private readonly nodes: Nodes,
    private readonly templates: WriteTemplates,
    private readonly reviews: TemplateReviews,
  ) {}

  @Get(':wabaId/message_templates')
  list(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest, @Query() query: TemplateQuery): GraphPage {
    const { templates } = this.access.account(request, wabaId);
    const found = [...templates.values()].filter((template) => isWanted(template, query));
    const nodes = found.map((template) => this.nodes.template(template, query.fields));
    return pageOf(nodes, request);
  }

  @Post(':wabaId/message_templates')
  @HttpCode(200)
  create(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): JsonObject {
    const { id, status, category } = this.templates.create(this.access.account(request, wabaId), parametersOf(request));
    return { id, status, category };
  }

  @Delete(':wabaId/message_templates')
  remove(
    @Param('wabaId') wabaId: string,
    @Req() request: FastifyRequest,
    @Query('name') name?: string,
    @Query('hsm_id') id?: string,
  ): { readonly success: true } {
    const account = this.access.account(request, wabaId);
    if (!name) throw new GraphError(100, { message: '(#100) The parameter name is required.' });
    this.templates.delete(account, name, id);
    return { success: true };
  }

  /** One authentication template in several languages at once. */
  @Post(':wabaId/upsert_message_templates')
  @HttpCode(200)
  upsert(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest): { readonly data: JsonObject[] } {
    const account = this.access.account(request, wabaId);
    const { languages, ...body } = parametersOf(request);
    if (!Array.isArray(languages) || languages.length === 0) {
      throw new GraphError(100, { message: '(#100) The parameter languages is required.' });
    }
    const made = languages.map((language: unknown) => this.templates.upsert(account, { ...body, language }));
    return { data: made.map(({ id, status, language }: Template) => ({ id, status, language })) };
  }

  /** The fixed texts of authentication templates. */
  @Get(':wabaId/message_template_previews')
  previews(
    @Param('wabaId') wabaId: string,
    @Req() request: FastifyRequest,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): { readonly data: JsonObject[] } {
    this.access.account(request, wabaId);
    if (query['category']?.toUpperCase() !== 'AUTHENTICATION') {
      throw new GraphError(100, { message: '(#100) Param category must be one of {AUTHENTICATION}' });
    }
    const languages = (query['languages'] ?? query['language'] ?? 'en_US').split(',').map(readLanguage);
    const expiryMinutes = readExpiry(query['code_expiration_minutes']);
    const addSecurityRecommendation = query['add_security_recommendation'] === 'true';
    const data = languages.map((language) => {
      const { body, footer, buttonText, autofillText } = otpTexts(
        { addSecurityRecommendation, expiryMinutes },
        language,
      );
      return {
        language,
        body,
        ...(footer !== '' && { footer }),
        buttons: [{ type: 'OTP', text: buttonText, autofill_text: autofillText }],
      };
    });
    return { data };
  }

  /** Wakes a template that Meta paused while it was pacing it. */
  @Post(':templateId/unpause')
  @HttpCode(200)
  unpause(@Param('templateId') templateId: string, @Req() request: FastifyRequest): { readonly success: true } {
    const { template } = this.access.node(request, templateId);
    if (!template) throw new GraphError(100, { message: `(#100) ${templateId} is no template` });
    if (template.status !== 'PAUSED') {
      throw new GraphError(100, { message: `(#100) The template is ${template.status}, not PAUSED` });
    }
    this.reviews.unpause(template);
    return { success: true };
  }
}
