import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.js';
import { unknownObject } from './graph-error.js';
import { MediaNodes } from './media/media-nodes.js';
import { Nodes } from './nodes.js';
import { NumberNodes } from './numbers/number-nodes.js';
import { TokenAccess } from './token-access.js';
import { ChangeNode } from './change-node.js';

/** GET and POST /{id}: a phone number, an account, a template or a media. */
@Controller(':id')
export class NodesController {
  constructor(
    private readonly access: TokenAccess,
    private readonly nodes: Nodes,
    private readonly numbers: NumberNodes,
    private readonly media: MediaNodes,
    private readonly changeNode: ChangeNode,
  ) {}

  @Get()
  get(@Param('id') id: string, @Req() request: FastifyRequest, @Query('fields') fields?: string): JsonObject {
    const { number, account, template, media } = this.access.node(request, id);
    if (number) return this.numbers.node(number, fields);
    if (account) return this.nodes.account(account, fields);
    if (template) return this.nodes.template(template, fields);
    if (media) return this.media.node(media);
    throw unknownObject(request.method, id);
  }

  @Post()
  @HttpCode(200)
  async change(@Param('id') id: string, @Req() request: FastifyRequest): Promise<{ readonly success: true }> {
    await this.changeNode.change(this.access.node(request, id), request, id);
    return { success: true };
  }
}
