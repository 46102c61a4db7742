import { Injectable } from '@nestjs/common';
import { isUniqueViolation, lockUnanswered, markAutomated, SystemDb } from '@parley/data';
import { SingleRun } from '../single-run.js';
import { GiveAnswers } from './give-answers.js';
import { PlanChains, type PlannedAnswer } from './plan-chains.js';
import { RunSteps } from './run-steps.js';

const MESSAGES_A_SET = 100;

/**
 * Gives customers' messages their automatic answers. Chains are begun in sets: what is known at once is answered at once,
 * what asks an endpoint becomes a run of its own, and no transaction is open while anybody is waited for.
 */
@Injectable()
export class AnswerMessages {
  private readonly single = new SingleRun(async (signal) => {
    while (!signal.aborted && (await this.beginSet()) === MESSAGES_A_SET);
    await this.steps.run(signal);
  });

  constructor(
    private readonly db: SystemDb,
    private readonly chains: PlanChains,
    private readonly answers: GiveAnswers,
    private readonly steps: RunSteps,
  ) {}

  /** Begins every chain that waits, and starts the steps that are due. */
  run(signal: AbortSignal): Promise<void> {
    return this.single.run(signal);
  }

  private async beginSet(): Promise<number> {
    const { count, planned } = await this.begin().catch((error: unknown) => {
      // Another worker told one of these conversations that nobody is there, at the same moment: it is in the rows now.
      if (isUniqueViolation(error)) return this.begin();
      throw error;
    });
    await this.answers.giveAll(planned);
    return count;
  }

  private begin(): Promise<{ count: number; planned: PlannedAnswer[] }> {
    return this.db.transaction(async (tx) => {
      const messages = await lockUnanswered(tx, MESSAGES_A_SET);
      if (messages.length === 0) return { count: 0, planned: [] };
      const planned = await this.chains.advance(tx, messages);
      await markAutomated(tx, messages);
      return { count: messages.length, planned };
    });
  }
}
