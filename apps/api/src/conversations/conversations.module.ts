import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { NumbersModule } from '../numbers/numbers.module.js';
import { ConversationActionsController } from './conversation-actions.controller.js';
import { ConversationsController } from './conversations.controller.js';
import { DescribeConversation } from './describe-conversation.js';
import { MarkConversation } from './mark-conversation.js';
import { ReadConversations } from './read-conversations.js';
import { SteerConversation } from './steer-conversation.js';

@Module({
  imports: [GraphModule, NumbersModule],
  controllers: [ConversationActionsController, ConversationsController],
  providers: [ReadConversations, MarkConversation, SteerConversation, DescribeConversation],
})
export class ConversationsModule {}
