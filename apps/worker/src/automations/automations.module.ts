import { Module } from '@nestjs/common';
import { AnswerMessages } from './answer-messages.js';
import { AskBot } from './ask-bot.js';
import { AskChat } from './ask-chat.js';
import { AskModel } from './ask-model.js';
import { AutomationWakeProcessor } from './automation-wake.processor.js';
import { ConcludeStep } from './conclude-step.js';
import { DoStep } from './do-step.js';
import { EndpointBreakers } from './endpoint-breakers.js';
import { Endpoints } from './endpoints.js';
import { FindIntent } from './find-intent.js';
import { GiveAnswers } from './give-answers.js';
import { PlanChains } from './plan-chains.js';
import { RunStep } from './run-step.js';
import { RunSteps } from './run-steps.js';
import { StepSecrets } from './step-secrets.js';
import { TranscribeVoice } from './transcribe-voice.js';
import { WakeWaitingRuns } from './wake-waiting-runs.js';

const STEPS = [TranscribeVoice, FindIntent, AskBot, AskModel, AskChat, Endpoints, EndpointBreakers, StepSecrets, DoStep];

/** Automatic answers: the chain that runs for each message of a customer. */
@Module({
  providers: [...STEPS, PlanChains, GiveAnswers, ConcludeStep, RunStep, RunSteps, AnswerMessages, WakeWaitingRuns, AutomationWakeProcessor],
  exports: [AnswerMessages, WakeWaitingRuns],
})
export class AutomationsModule {}
