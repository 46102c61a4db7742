import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { NumberTurns } from './number-turns.js';

/** Wake-ups that one process takes in at a time. They do not wait for the turn: nobody's stands behind another's. */
const CONCURRENT_WAKES = 32;

/** Something is due for a number. */
@Injectable()
export class NumberWakeProcessor extends JobProcessor<'number.wake'> {
  readonly job = 'number.wake';

  constructor(private readonly turns: NumberTurns) {
    super();
  }

  override get concurrency(): number {
    return CONCURRENT_WAKES;
  }

  process({ numberId }: { numberId: string }, signal: AbortSignal): Promise<void> {
    return this.turns.wake(numberId, signal);
  }
}
