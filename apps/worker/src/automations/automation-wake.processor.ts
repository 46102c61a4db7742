import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { AnswerMessages } from './answer-messages.js';

/** Customers' messages wait for their automatic answers. */
@Injectable()
export class AutomationWakeProcessor extends JobProcessor<'automation.wake'> {
  readonly job = 'automation.wake';

  constructor(private readonly answers: AnswerMessages) {
    super();
  }

  process(_payload: object, signal: AbortSignal): Promise<void> {
    return this.answers.run(signal);
  }
}
