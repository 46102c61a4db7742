import { Module } from '@nestjs/common';
import { rateCardProvider } from '@parley/messaging';
import { LiveStream } from './live-stream.js';
import { ReadStats } from './read-stats.js';
import { StatsController } from './stats.controller.js';

@Module({ controllers: [StatsController], providers: [rateCardProvider, ReadStats, LiveStream] })
export class StatsModule {}
