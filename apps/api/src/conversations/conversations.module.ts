import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { MessagingModule } from '@parley/messaging';
import { NumbersModule } from '../numbers/numbers.module.js';
import { ConversationActionsController } from './conversation-actions.controller.js';
import { ConversationsController } from './conversations.controller.js';
import { DescribeConversation } from './describe-conversation.js';
import { HistoryController } from './history.controller.js';
import { MarkConversation } from './mark-conversation.js';
import { ReadConversations } from './read-conversations.js';
import { ReadHistory } from './read-history.js';
import { ReplyToConversation } from './reply-to-conversation.js';
import { SearchMessages } from './search-messages.js';
import { SearchController } from './search.controller.js';
import { SteerConversation } from './steer-conversation.js';

@Module({
  imports: [GraphModule, MessagingModule, NumbersModule],
  controllers: [ConversationActionsController, ConversationsController, HistoryController, SearchController],
  providers: [ReadConversations, ReadHistory, ReplyToConversation, SearchMessages, MarkConversation, SteerConversation, DescribeConversation],
})
export class ConversationsModule {}
