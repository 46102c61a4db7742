import { Module } from '@nestjs/common';
import { MessagingModule } from '@parley/messaging';
import { MessagesController } from './messages.controller.js';
import { ReadMessages } from './read-messages.js';

@Module({ imports: [MessagingModule], controllers: [MessagesController], providers: [ReadMessages] })
export class MessagesModule {}
