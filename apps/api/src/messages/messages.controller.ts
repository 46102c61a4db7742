import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { AcceptMessages, readMessage, requestHashOf } from '@parley/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, type Page } from '../http/page.js';
import { AcceptedMessageView, acceptedMessageView } from './accepted-message.view.js';
import { CancelMessage } from './cancel-message.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { MessageQuery } from './message.query.js';
import { MessageView } from './message.view.js';
import { ReadMessages } from './read-messages.js';
import { SendMessageDto } from './send-message.dto.js';
import { SEND_MESSAGE_EXAMPLES } from './send-message-examples.js';

const IDEMPOTENCY_KEY = 'idempotency-key';

@ApiTags('messages')
@Controller('messages')
export class MessagesController {
  constructor(
    private readonly acceptance: AcceptMessages,
    private readonly messages: ReadMessages,
    private readonly cancellation: CancelMessage,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScope('messages:write')
  @ApiOperation({ operationId: 'sendMessage', summary: 'Send a message', description: 'Answered once the message is committed. It leaves as soon as its number may send.' })
  @ApiBody({ type: SendMessageDto, examples: SEND_MESSAGE_EXAMPLES })
  @ApiHeader({ name: 'Idempotency-Key', description: 'Kept for 72 hours: the same key gets the same answer, and one message.', required: false })
  @ApiResponse({ status: 202, type: AcceptedMessageView, description: 'Committed.', headers: { 'Idempotency-Replayed': { description: 'true when an earlier call with this key made the message.', schema: { type: 'string' } } } })
  async send(
    @CurrentTenant() tenantId: TenantId,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    const draft = readMessage(body);
    const { message, replayed } = await this.acceptance.accept({
      tenantId,
      draft,
      source: 'api',
      idempotencyKey: idempotencyKeyOf(request.headers[IDEMPOTENCY_KEY]),
      requestHash: requestHashOf(draft),
    });
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return acceptedMessageView(message);
  }

  @Get()
  @RequireScope('messages:read')
  @ApiOperation({ operationId: 'listMessages', summary: 'List messages of both directions' })
  @ApiPage(MessageView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: MessageQuery): Promise<Page<MessageView>> {
    return this.messages.list(tenantId, query);
  }

  @Get(':id')
  @RequireScope('messages:read')
  @ApiOperation({ operationId: 'getMessage', summary: 'See a message and where it is' })
  @ApiOkResponse({ type: MessageView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<MessageView> {
    return this.messages.get(tenantId, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequireScope('messages:write')
  @ApiOperation({ operationId: 'cancelMessage', summary: 'Cancel a message that has not left yet', description: 'QUEUED only. Cancelling twice is once.' })
  @ApiOkResponse({ type: MessageView })
  @ApiResponse({ status: 409, description: 'It has been taken to WhatsApp, or it has ended.' })
  cancel(@CurrentTenantCaller() caller: TenantCaller, @Id() id: string): Promise<MessageView> {
    return this.cancellation.cancel(caller, id);
  }
}
