import { Injectable } from '@nestjs/common';
import { finishRuns, flagForHuman, noteLearnt, SystemDb, type ClaimedRun, type Learnt } from '@parley/data';
import { NEEDS_HUMAN_TAG, type AutomationEnd, type AutomationStepType } from '@parley/domain';
import { Metrics } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { GiveAnswers } from './give-answers.js';
import { PlanChains, type PlannedAnswer } from './plan-chains.js';
import { tellStep } from './tell-step.js';

/** How a step ended. */
export interface Conclusion {
  readonly state: AutomationEnd;
  readonly reason: string | null;
  readonly detail?: object;
  readonly learnt?: Learnt;
  /** No step after it could answer either. */
  readonly isLast?: boolean;
}

/** Writes down how a step ended and what it learnt, and leads the chain on, in one transaction. */
@Injectable()
export class ConcludeStep {
  constructor(
    private readonly db: SystemDb,
    private readonly chains: PlanChains,
    private readonly answers: GiveAnswers,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** What another process has taken meanwhile is that one's to end. */
  async end(run: ClaimedRun, { state, reason, detail = {}, learnt = {}, isLast = false }: Conclusion): Promise<void> {
    const end = { ...run, state, reason, detail };
    const planned = await this.db.transaction(async (tx): Promise<PlannedAnswer[] | null> => {
      if ((await finishRuns(tx, [end])).length === 0) return null;
      await noteLearnt(tx, run, learnt);
      if (state === 'HANDED_OVER') await flagForHuman(tx, run, run.conversationId, NEEDS_HUMAN_TAG, run.step);
      const goesOn = !isLast && (state === 'PASSED' || state === 'FAILED');
      return goesOn ? this.chains.advance(tx, [run]) : [];
    });
    if (planned === null) return;
    tellStep({ metrics: this.metrics, logger: this.logger }, run.type as AutomationStepType, run, end);
    await this.answers.giveAll(planned);
  }
}
