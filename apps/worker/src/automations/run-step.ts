import { Injectable } from '@nestjs/common';
import { awaitMedia, readChainRows, readSpeaker, retryRun, SystemDb, type ClaimedRun } from '@parley/data';
import { decideStep, type AutomationSettings } from '@parley/domain';
import { Metrics } from '@parley/platform';
import { chainFacts, speakerFacts } from './chain-facts.js';
import { ConcludeStep, type Conclusion } from './conclude-step.js';
import { DoStep } from './do-step.js';
import { endsChain, GiveAnswers } from './give-answers.js';
import { PlanChains } from './plan-chains.js';
import { StepFailed } from './step-failed.js';
import type { StepResult, StepWork } from './step-work.js';

/** A run that was begun so often has something that ends processes. */
const MOST_BEGINNINGS = 3;
/** An endpoint that failed is asked a second time. */
const MOST_CALLS = 2;
const RETRY_MS = 1_000;
const LOOK_AGAIN_MS = 5_000;

type Answered = Extract<StepResult, { end: 'answered' }>;

/** Brings one run to its end: no transaction is open while the endpoint is asked. */
@Injectable()
export class RunStep {
  constructor(
    private readonly db: SystemDb,
    private readonly chains: PlanChains,
    private readonly doStep: DoStep,
    private readonly answers: GiveAnswers,
    private readonly conclude: ConcludeStep,
    private readonly metrics: Metrics,
  ) {}

  /** @throws an error of ours; whatever the endpoint does is an end, or another attempt */
  async run(run: ClaimedRun, signal: AbortSignal): Promise<void> {
    const [row] = await readChainRows(this.db, [run]);
    if (!row || run.attempts > MOST_BEGINNINGS) return this.conclude.end(run, { state: 'FAILED', reason: 'gave-up' });
    if (row.isOver) return this.conclude.end(run, { state: 'FAILED', reason: 'too-late' });
    const settings = (await this.chains.settings(this.db, [row]))(row);
    const step = settings.automations.steps.find(({ id, type, enabled }) => enabled && id === run.step && type === run.type);
    if (!step) return this.conclude.end(run, { state: 'PASSED', reason: 'step-gone' });
    const facts = chainFacts(row, settings);
    const decision = decideStep(step, facts);
    if (decision.do === 'pass') return this.conclude.end(run, { state: 'PASSED', reason: decision.reason });
    if (decision.do === 'answer') return this.answers.giveAll([{ run, row, step, text: decision.text, sender: decision.sender }]);
    await this.work({ run, step, row, facts }, settings.automations, signal);
  }

  private async work(work: StepWork, automations: AutomationSettings, signal: AbortSignal): Promise<void> {
    const { run } = work;
    try {
      const result = await this.timed(work, signal);
      if (result.end === 'wait') return await awaitMedia(this.db, run, result.mediaId, LOOK_AGAIN_MS);
      await this.conclude.end(run, result.end === 'passed' ? { ...result, state: 'PASSED' } : await this.answer(work, result, automations));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      const { reason, options } = error;
      if (options.isRetryable && run.attempts < MOST_CALLS) return retryRun(this.db, run, RETRY_MS, reason);
      await this.conclude.end(run, { state: 'FAILED', reason, detail: options.status === undefined ? {} : { status: options.status } });
    }
  }

  private async timed(work: StepWork, signal: AbortSignal): Promise<StepResult> {
    const startedMs = performance.now();
    try {
      return await this.doStep.run(work, signal);
    } finally {
      this.metrics.observe('automation_step_duration_seconds', (performance.now() - startedMs) / 1_000, { step: work.step.type });
    }
  }

  /** Somebody may have begun to speak while the endpoint was asked: then its answer comes too late. */
  private async answer({ step, row, facts }: StepWork, result: Answered, automations: AutomationSettings): Promise<Conclusion> {
    const { drafts, handOver = false, reason = null, detail = {} } = result;
    const speaker = await readSpeaker(this.db, row.tenantId, row.conversationId);
    const now = speaker && decideStep(step, { ...facts, ...speakerFacts(speaker, automations) });
    if (now?.do === 'pass') return { state: 'PASSED', reason: now.reason, detail: { ...detail, isLate: true } };
    const results = await this.answers.accept(row, step.id, drafts);
    const errors = results.flatMap((one) => (one.ok ? [] : [one.error]));
    const unsettled = errors.find(({ retryable }) => retryable);
    if (unsettled) throw unsettled;
    const messageIds = results.flatMap((one) => (one.ok ? [one.message.id] : []));
    const told = { ...detail, messageIds, ...(errors.length > 0 && { refused: errors.map(({ code }) => code) }) };
    if (handOver) return { state: 'HANDED_OVER', reason, detail: told };
    if (drafts.length > 0 && messageIds.length === 0) return { state: 'FAILED', reason: 'answer-refused', detail: told, isLast: errors.some(endsChain) };
    return { state: 'ANSWERED', reason, detail: told };
  }
}
