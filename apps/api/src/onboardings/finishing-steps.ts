import { Injectable } from '@nestjs/common';
import { SENDABLE_NUMBER_STATE } from '@parley/domain';
import { AccountTemplates } from '../numbers/account-templates.js';
import { NumberAtMeta } from '../numbers/number-at-meta.js';
import { OwnNumbers, type OpenedNumber } from '../numbers/own-numbers.js';
import { RefreshNumber } from '../numbers/refresh-number.js';
import { ResumeNumber } from '../numbers/resume-number.js';
import { done, type OnboardingRun, type Step, type StepResult } from './onboarding.js';
import { claimOf } from './token-steps.js';

/** The last steps: webhooks, what Meta says of the number now, templates. */
@Injectable()
export class FinishingSteps implements Record<'subscribe-app' | 'read-number' | 'sync-templates', Step> {
  constructor(
    private readonly meta: NumberAtMeta,
    private readonly own: OwnNumbers,
    private readonly refreshing: RefreshNumber,
    private readonly templates: AccountTemplates,
    private readonly waiting: ResumeNumber,
  ) {}

  readonly 'subscribe-app' = async (run: OnboardingRun): Promise<StepResult> => {
    await this.meta.subscribe(claimOf(run));
    return done('The app gets the webhooks of the account.');
  };

  readonly 'read-number' = async (run: OnboardingRun): Promise<StepResult> => {
    const { row } = await this.refreshing.refresh(await this.opened(run));
    await this.waiting.resume(run.tenantId, row);
    const facts = `status ${row.status}, quality ${row.quality}, ${row.perSecond} messages a second, limit ${row.tier ?? 'not said'}`;
    return done(row.status === SENDABLE_NUMBER_STATE ? `The number can send: ${facts}.` : `The number cannot send yet: ${facts}.`);
  };

  readonly 'sync-templates' = async (run: OnboardingRun): Promise<StepResult> => {
    const number = await this.opened(run);
    const report = await this.templates.syncOrLater(number, number.numberId);
    return done(report ? `${report.synced} templates were read.` : 'Meta gave no list; a job reads the templates.');
  };

  private opened({ tenantId, numberId }: OnboardingRun): Promise<OpenedNumber> {
    return this.own.openAccount(tenantId, numberId ?? '');
  }
}
