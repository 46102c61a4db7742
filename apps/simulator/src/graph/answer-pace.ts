import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import { Settings } from '../state/settings.js';

/** How long the answer to a send takes. */
@Injectable()
export class AnswerPace {
  private readonly random: RandomStream;

  constructor(
    private readonly settings: Settings,
    random: SeededRandom,
  ) {
    this.random = random.stream('answers');
  }

  /** Waits as long as the settings say, and the extra time on top. */
  async wait(extraMs: number): Promise<void> {
    const { min, max } = this.settings.values.answerDelayMs;
    const pauseMs = extraMs + (max > 0 ? this.random.int(min, max) : 0);
    if (pauseMs > 0) await delay(pauseMs, undefined, { ref: false });
  }
}
