import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.js';
import { unknownObject } from './graph-error.js';
import { accountNode, numberNode, templateNode } from './nodes.js';
import { TokenAccess } from './token-access.js';

/** GET /{id}: a phone number, an account or a template, with the fields that were asked for. */
@Controller()
export class NodesController {
  constructor(private readonly access: TokenAccess) {}

  @Get(':id')
  get(@Param('id') id: string, @Req() request: FastifyRequest, @Query('fields') fields?: string): JsonObject {
    const { number, account, template } = this.access.node(request, id);
    if (number) return numberNode(number, fields);
    if (account) return accountNode(account, fields);
    if (template) return templateNode(template, fields);
    throw unknownObject(request.method, id);
  }
}
