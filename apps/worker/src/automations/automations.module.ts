import { Module } from '@nestjs/common';
import { AnswerMessages } from './answer-messages.js';
import { AutomationWakeProcessor } from './automation-wake.processor.js';

@Module({ providers: [AnswerMessages, AutomationWakeProcessor], exports: [AnswerMessages] })
export class AutomationsModule {}
