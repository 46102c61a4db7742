import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { RunRedrives } from './run-redrives.js';

/** Somebody asked for many dead letters to be sent again. */
@Injectable()
export class RedriveProcessor extends JobProcessor<'messages.redrive'> {
  readonly job = 'messages.redrive';

  constructor(private readonly redrives: RunRedrives) {
    super();
  }

  process(_payload: object, signal: AbortSignal): Promise<void> {
    return this.redrives.run(signal);
  }
}
