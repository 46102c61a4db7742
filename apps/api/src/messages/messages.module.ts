import { Module } from '@nestjs/common';
import { LimitsModule } from '@parley/limits';
import { MessagingModule, rateCardProvider } from '@parley/messaging';
import { BatchController } from './batch.controller.js';
import { BatchMessages } from './batch-messages.js';
import { CancelMessage } from './cancel-message.js';
import { DepartureTimes } from './departure-times.js';
import { MessagesController } from './messages.controller.js';
import { ReadMessages } from './read-messages.js';
import { ReadTimeline } from './read-timeline.js';
import { TimelineController } from './timeline.controller.js';
import { ValidateMessages } from './validate-messages.js';

@Module({
  imports: [MessagingModule, LimitsModule],
  controllers: [BatchController, MessagesController, TimelineController],
  providers: [CancelMessage, ReadMessages, ReadTimeline, BatchMessages, ValidateMessages, DepartureTimes, rateCardProvider],
})
export class MessagesModule {}
