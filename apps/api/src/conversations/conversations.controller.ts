import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, CurrentTenantCaller, RequireScope, type TenantCaller } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ConversationQuery } from './conversation.query.js';
import { ConversationView } from './conversation.view.js';
import { MarkConversation } from './mark-conversation.js';
import { MarkReadDto } from './mark-read.dto.js';
import { ReadConversations } from './read-conversations.js';
import { ApiSearchPage, type SearchPage } from './search.view.js';

const META_REFUSED = "WhatsApp refused, or cannot be reached; `detail` has Meta's words.";

/** What numbers and contacts say to each other. */
@ApiTags('conversations')
@RequireScope('conversations:read')
@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ReadConversations,
    private readonly marks: MarkConversation,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listConversations', summary: 'List the conversations in which the customer has written, or search them' })
  @ApiSearchPage(ConversationView)
  list(@CurrentTenantCaller() caller: TenantCaller, @Query() query: ConversationQuery): Promise<SearchPage<ConversationView>> {
    return this.conversations.list(caller, query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getConversation', summary: 'See a conversation' })
  @ApiOkResponse({ type: ConversationView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ConversationView> {
    return this.conversations.get(tenantId, id);
  }

  @Post(':id/read')
  @HttpCode(HttpStatus.OK)
  @RequireScope('conversations:write')
  @ApiOperation({
    operationId: 'markConversationRead',
    summary: "Mark the customer's messages as read",
    description: 'Here and on the phone of the customer. The unread count is 0 afterwards even where WhatsApp refuses.',
  })
  @ApiOkResponse({ type: ConversationView })
  @ApiResponse({ status: 502, description: META_REFUSED })
  read(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Body() { typing = false }: MarkReadDto): Promise<ConversationView> {
    return this.marks.read(tenantId, id, typing);
  }

  @Post(':id/typing')
  @HttpCode(HttpStatus.OK)
  @RequireScope('conversations:write')
  @ApiOperation({
    operationId: 'showTyping',
    summary: 'Show the customer that somebody is typing',
    description: 'For 25 seconds, or until the answer. WhatsApp marks the messages of the customer as read with it.',
  })
  @ApiOkResponse({ type: ConversationView })
  @ApiResponse({ status: 502, description: META_REFUSED })
  typing(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ConversationView> {
    return this.marks.read(tenantId, id, true);
  }
}
