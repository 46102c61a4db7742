import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { NumbersModule } from '../numbers/numbers.module.js';
import { ConversationsController } from './conversations.controller.js';
import { MarkConversation } from './mark-conversation.js';
import { ReadConversations } from './read-conversations.js';

@Module({
  imports: [GraphModule, NumbersModule],
  controllers: [ConversationsController],
  providers: [ReadConversations, MarkConversation],
})
export class ConversationsModule {}
