import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { FetchMedia } from './fetch-media.js';

/** Customers sent media that wait to be fetched. */
@Injectable()
export class FetchMediaProcessor extends JobProcessor<'media.fetch'> {
  readonly job = 'media.fetch';

  constructor(private readonly media: FetchMedia) {
    super();
  }

  process(_payload: object, signal: AbortSignal): Promise<void> {
    return this.media.run(signal);
  }
}
