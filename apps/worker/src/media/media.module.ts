import { Module } from '@nestjs/common';
import { GraphModule } from '@parley/graph';
import { AutomationsModule } from '../automations/automations.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { DownloadMedia } from './download-media.js';
import { FetchMediaProcessor } from './fetch-media.processor.js';
import { FetchMedia } from './fetch-media.js';

/** The media that customers send. What businesses send goes with its messages: OutboundModule. */
@Module({ imports: [GraphModule, OutboundModule, AutomationsModule], providers: [DownloadMedia, FetchMedia, FetchMediaProcessor], exports: [FetchMedia] })
export class MediaModule {}
