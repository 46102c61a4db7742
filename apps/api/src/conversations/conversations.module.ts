import { Module } from '@nestjs/common';
import { ConversationsController } from './conversations.controller.js';
import { ReadConversations } from './read-conversations.js';

@Module({ controllers: [ConversationsController], providers: [ReadConversations] })
export class ConversationsModule {}
