import { Injectable } from '@nestjs/common';
import type { AiStep, BotStep, IntentStep, TranscribeStep } from '@parley/domain';
import { AskBot } from './ask-bot.js';
import { AskModel } from './ask-model.js';
import { FindIntent } from './find-intent.js';
import { StepFailed } from './step-failed.js';
import type { StepResult, StepWork } from './step-work.js';
import { TranscribeVoice } from './transcribe-voice.js';

/** Does the work of a slow step, whichever it is. */
@Injectable()
export class DoStep {
  constructor(
    private readonly voice: TranscribeVoice,
    private readonly intents: FindIntent,
    private readonly bot: AskBot,
    private readonly model: AskModel,
  ) {}

  /** @throws StepFailed, or an error of ours */
  run(work: StepWork, signal: AbortSignal): Promise<StepResult> {
    switch (work.step.type) {
      case 'transcribe':
        return this.voice.run(work as StepWork<TranscribeStep>, signal);
      case 'intent':
        return this.intents.run(work as StepWork<IntentStep>, signal);
      case 'bot':
        return this.bot.run(work as StepWork<BotStep>, signal);
      case 'ai':
        return this.model.run(work as StepWork<AiStep>, signal);
      default:
        return Promise.reject(new StepFailed('gave-up'));
    }
  }
}
