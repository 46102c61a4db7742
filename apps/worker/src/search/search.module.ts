import { Module } from '@nestjs/common';
import { IndexMessages } from './index-messages.js';
import { SearchSchedule } from './search-schedule.js';

@Module({ providers: [IndexMessages, SearchSchedule], exports: [IndexMessages] })
export class SearchModule {}
