import { Module } from '@nestjs/common';
import { ConversationSchedule } from './conversation-schedule.js';
import { MonitorServiceLevel } from './monitor-service-level.js';
import { MoveQuietConversations } from './move-quiet-conversations.js';

/** What becomes of conversations by themselves: responses, escalation, idleness, the archive. */
@Module({ providers: [MonitorServiceLevel, MoveQuietConversations, ConversationSchedule] })
export class ConversationsModule {}
