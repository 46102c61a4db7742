import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { TenantId } from '@parley/domain';
import { CurrentTenant, RequireScope } from '../auth/index.js';
import { Id } from '../http/id.js';
import { ApiPage, PageQuery, type Page } from '../http/page.js';
import { MessageView } from '../messages/message.view.js';
import { ConversationQuery } from './conversation.query.js';
import { ConversationView } from './conversation.view.js';
import { ReadConversations } from './read-conversations.js';

/** What numbers and contacts say to each other. */
@ApiTags('conversations')
@RequireScope('conversations:read')
@Controller('conversations')
export class ConversationsController {
  constructor(private readonly conversations: ReadConversations) {}

  @Get()
  @ApiOperation({ operationId: 'listConversations', summary: 'List the conversations in which the customer has written' })
  @ApiPage(ConversationView)
  list(@CurrentTenant() tenantId: TenantId, @Query() query: ConversationQuery): Promise<Page<ConversationView>> {
    return this.conversations.list(tenantId, query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getConversation', summary: 'See a conversation' })
  @ApiOkResponse({ type: ConversationView })
  get(@CurrentTenant() tenantId: TenantId, @Id() id: string): Promise<ConversationView> {
    return this.conversations.get(tenantId, id);
  }

  @Get(':id/messages')
  @ApiOperation({ operationId: 'listConversationMessages', summary: 'Read the messages of a conversation' })
  @ApiPage(MessageView)
  messages(@CurrentTenant() tenantId: TenantId, @Id() id: string, @Query() query: PageQuery): Promise<Page<MessageView>> {
    return this.conversations.messages(tenantId, id, query);
  }
}
