import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Identifiers } from '../../random/identifiers.js';
import { NumberBelongings } from '../../state/number-belongings.js';
import { GraphError } from '../graph-error.js';
import { pageOf, type GraphPage } from '../paging.js';
import { parametersOf } from '../parameters.js';
import { TokenAccess } from '../token-access.js';
import { BlockUsers, type UserOutcome } from './block-users.js';

/** The customers whom a business blocked. */
@Controller(':phoneNumberId/block_users')
export class BlockUsersController {
  constructor(
    private readonly access: TokenAccess,
    private readonly belongings: NumberBelongings,
    private readonly blockUsers: BlockUsers,
    private readonly identifiers: Identifiers,
  ) {}

  @Get()
  list(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest): GraphPage {
    const number = this.access.number(request, id, 'whatsapp_business_messaging');
    const blocked = [...this.belongings.of(number.id).blocked.values()];
    const users = blocked.map(({ waId, userId }) => ({
      messaging_product: 'whatsapp',
      wa_id: waId,
      ...(userId !== undefined && { user_id: userId }),
    }));
    return pageOf(users, request);
  }

  @Post()
  block(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const number = this.access.number(request, id, 'whatsapp_business_messaging');
    this.answer(reply, 'added_users', this.blockUsers.block(number, parametersOf(request)));
  }

  @Delete()
  unblock(@Param('phoneNumberId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const number = this.access.number(request, id, 'whatsapp_business_messaging');
    this.answer(reply, 'removed_users', this.blockUsers.unblock(number, parametersOf(request)));
  }

  /** What went wrong for some stands beside what went well for the others, and makes the whole a 400. */
  private answer(reply: FastifyReply, key: string, outcomes: readonly UserOutcome[]): void {
    const failed = outcomes.filter(({ errors }) => errors !== undefined);
    const users = {
      [key]: outcomes.filter(({ errors }) => errors === undefined),
      ...(failed.length > 0 && { failed_users: failed }),
    };
    const body = { messaging_product: 'whatsapp', block_users: users };
    if (failed.length === 0) return void reply.status(200).send(body);
    const error = new GraphError(139100, { details: `${failed.length} of ${outcomes.length} users failed.` });
    void reply.status(error.httpStatus).send({ ...body, ...error.toEnvelope(this.identifiers.trace()) });
  }
}
