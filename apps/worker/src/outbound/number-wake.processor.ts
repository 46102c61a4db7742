import { Injectable } from '@nestjs/common';
import { JobProcessor } from '@parley/queue';
import { NumberTurns } from './number-turns.js';

/** Turns that one process runs side by side. Most of a turn is waiting for the pace of its number. */
const CONCURRENT_TURNS = 32;

/** Something is due for a number. */
@Injectable()
export class NumberWakeProcessor extends JobProcessor<'number.wake'> {
  readonly job = 'number.wake';

  constructor(private readonly turns: NumberTurns) {
    super();
  }

  override get concurrency(): number {
    return CONCURRENT_TURNS;
  }

  process({ numberId }: { numberId: string }, signal: AbortSignal): Promise<void> {
    return this.turns.run(numberId, signal);
  }
}
