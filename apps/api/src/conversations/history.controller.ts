import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { AcceptedMessageView, acceptedMessageView } from '../messages/accepted-message.view.js';
import { idempotencyKeyOf } from '../messages/idempotency-key.js';
import { MessageView } from '../messages/message.view.js';
import { HistoryQuery } from './history.query.js';
import { ReadHistory, type HistoryPage } from './read-history.js';
import { REPLY_EXAMPLES, ReplyDto } from './reply.dto.js';
import { ReplyToConversation } from './reply-to-conversation.js';
import { ReplyOptionsView } from './reply.view.js';

const IDEMPOTENCY_KEY = 'idempotency-key';

/** What was said in a conversation, and what is said next. */
@ApiTags('conversations')
@RequireScope('conversations:read')
@Controller('conversations/:id')
export class HistoryController {
  constructor(
    private readonly history: ReadHistory,
    private readonly replies: ReplyToConversation,
  ) {}

  @Get('messages')
  @ApiOperation({
    operationId: 'listConversationMessages',
    summary: 'Read the messages of a conversation',
    description: 'Newest first, in the order of their times at WhatsApp: a message that reached us late stands where it belongs, unless it was more than a week late.',
  })
  @ApiExtraModels(MessageView)
  @ApiOkResponse({
    description: 'One page, newest first.',
    schema: {
      type: 'object',
      required: ['data', 'hasMore', 'nextCursor', 'newerCursor'],
      properties: {
        data: { type: 'array', items: { $ref: getSchemaPath(MessageView) } },
        hasMore: { type: 'boolean', examples: [false], description: 'In the direction that was asked for.' },
        nextCursor: { type: ['string', 'null'] as unknown as 'string', examples: [null], description: 'For `before`: what is older than this page.' },
        newerCursor: { type: ['string', 'null'] as unknown as 'string', examples: [null], description: 'For `after`: what is newer than this page.' },
      },
    },
  })
  messages(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: HistoryQuery): Promise<HistoryPage> {
    return this.history.read(tenantId, id, query);
  }

  @Get('reply-options')
  @ApiOperation({ operationId: 'getReplyOptions', summary: 'See how a conversation can be answered now' })
  @ApiOkResponse({ type: ReplyOptionsView })
  options(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ReplyOptionsView> {
    return this.replies.options(tenantId, id);
  }

  @Post('messages')
  @HttpCode(HttpStatus.ACCEPTED)
  @RequireScope('messages:write')
  @ApiOperation({
    operationId: 'replyToConversation',
    summary: 'Answer in a conversation',
    description: 'Anything that `POST /v1/messages` takes, without number and recipient. Of a signed-in user it is a message of the staff. Answered once it is committed.',
  })
  @ApiBody({ type: ReplyDto, examples: REPLY_EXAMPLES })
  @ApiHeader({ name: 'Idempotency-Key', description: 'Kept for 72 hours: the same key gets the same answer, and one message.', required: false })
  @ApiResponse({ status: 202, type: AcceptedMessageView, description: 'Committed.', headers: { 'Idempotency-Replayed': { description: 'true when an earlier call with this key made the message.', schema: { type: 'string' } } } })
  @ApiResponse({ status: 422, description: '`window.closed`: only a template may be sent; `suggestedTemplates` names some, best first.' })
  async reply(
    @CurrentTenantCaller() caller: TenantCaller,
    @Id() id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    const { message, replayed } = await this.replies.reply(caller, id, body, idempotencyKeyOf(request.headers[IDEMPOTENCY_KEY]));
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return acceptedMessageView(message);
  }
}
