import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Template } from '../state/account.js';
import { numberNode, templateNode } from './nodes.js';
import { pageOf, type GraphPage } from './paging.js';
import { TokenAccess } from './token-access.js';

/** The filters of a template list. */
interface TemplateQuery {
  readonly fields?: string;
  readonly name?: string;
  readonly name_or_content?: string;
  readonly status?: string;
  readonly category?: string;
  readonly language?: string;
  readonly quality_score?: string;
}

/** What an account has: its numbers and its templates. */
@Controller()
export class AccountsController {
  constructor(private readonly access: TokenAccess) {}

  @Get(':wabaId/phone_numbers')
  phoneNumbers(
    @Param('wabaId') wabaId: string,
    @Req() request: FastifyRequest,
    @Query('fields') fields?: string,
  ): GraphPage {
    const { numbers } = this.access.account(request, wabaId);
    return pageOf(
      [...numbers.values()].map((number) => numberNode(number, fields)),
      request,
    );
  }

  @Get(':wabaId/message_templates')
  templates(@Param('wabaId') wabaId: string, @Req() request: FastifyRequest, @Query() query: TemplateQuery): GraphPage {
    const { templates } = this.access.account(request, wabaId);
    const found = [...templates.values()].filter((template) => isWanted(template, query));
    return pageOf(
      found.map((template) => templateNode(template, query.fields)),
      request,
    );
  }
}

function isWanted(template: Template, query: TemplateQuery): boolean {
  const content = query.name_or_content?.toLowerCase();
  return (
    template.status !== 'DELETED' &&
    isOneOf(template.status, query.status) &&
    isOneOf(template.category, query.category) &&
    isOneOf(template.language, query.language) &&
    isOneOf(template.quality, query.quality_score) &&
    (query.name === undefined || template.name.includes(query.name)) &&
    (content === undefined || JSON.stringify([template.name, template.components]).toLowerCase().includes(content))
  );
}

/** Graph takes one value, several with commas, or a JSON list. */
function isOneOf(value: string, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === '') return true;
  return wanted
    .toLowerCase()
    .replaceAll(/[[\]"\s]/g, '')
    .split(',')
    .includes(value.toLowerCase());
}
