import { Injectable } from '@nestjs/common';
import { DomainError, type TenantId } from '@parley/domain';
import { asDomainError, logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import type { Verification } from '../numbers/register-number.js';
import { FinishingSteps } from './finishing-steps.js';
import { OnboardingStore, type NewOnboarding } from './onboarding-store.js';
import { nextStep, problemOf, remedyOf, type OnboardingRun, type Step, type StepName, type StepProblem, type StepRecord, type StepResult } from './onboarding.js';
import type { OnboardingView } from './onboarding.view.js';
import { RegistrationSteps } from './registration-steps.js';
import { TokenSteps } from './token-steps.js';

/** What a person gives so that an onboarding goes on. */
export interface ResumeInputs {
  code?: string;
  accessToken?: string;
  graphNumberId?: string;
  verificationCode?: string;
  pin?: string;
  /** Asks Meta for another code, in this way. */
  verification?: Verification;
}

/**
 * Takes a number through the steps until one waits, is refused, or all are done. What a step found is written before the
 * next one begins, and each step looks at Meta's state first: a process that dies in between costs a repetition, never a
 * second effect.
 */
@Injectable()
export class RunOnboarding {
  private readonly steps: Readonly<Record<StepName, Step>>;

  constructor(
    private readonly store: OnboardingStore,
    private readonly tokens: TokenSteps,
    registration: RegistrationSteps,
    finish: FinishingSteps,
    private readonly logger: PinoLogger,
  ) {
    this.steps = { ...tokens, ...registration, ...finish } as Readonly<Record<StepName, Step>>;
  }

  /** @throws request.invalid for an app that is not the tenant's; whatever Meta refuses is told by the onboarding itself */
  async start(tenantId: TenantId, onboarding: NewOnboarding): Promise<OnboardingView> {
    if (onboarding.method === 'code') await this.tokens.appOf({ tenantId, metaAppId: onboarding.metaAppId });
    const id = await this.store.create(tenantId, onboarding);
    await this.run(await this.store.begin(tenantId, id));
    return this.store.get(tenantId, id);
  }

  /** @throws resource.not-found, onboarding.done, onboarding.in-progress */
  async resume(tenantId: TenantId, id: string, inputs: ResumeInputs): Promise<OnboardingView> {
    const run = await this.store.begin(tenantId, id);
    take(run, inputs);
    await this.run(run);
    return this.store.get(tenantId, id);
  }

  private async run(run: OnboardingRun): Promise<void> {
    for (let step = nextStep(run.steps); step !== null; step = nextStep(run.steps)) {
      const result = await this.attempt(run, step);
      if (result === null) return;
      Object.assign(run, 'changes' in result ? result.changes : {});
      note(run, step, result.kind === 'waits' ? 'WAITING' : result.kind === 'done' ? 'DONE' : 'SKIPPED', result.detail);
      this.tell(run, step);
      if (result.kind === 'waits') return this.store.end(run, step, { state: 'WAITING', waitsFor: result.waitsFor, problem: null });
      await this.store.save(run, step);
    }
    await this.store.end(run, run.steps.at(-1)!.name, { state: 'DONE', waitsFor: null, problem: null });
  }

  /** null where the step was refused, which is written then. */
  private async attempt(run: OnboardingRun, step: StepName): Promise<StepResult | null> {
    try {
      return await this.steps[step](run);
    } catch (thrown) {
      const problem = problemOf(asDomainError(thrown));
      note(run, step, 'REFUSED', problem.detail, problem);
      this.tell(run, step);
      await this.store.end(run, step, { state: 'FAILED', waitsFor: remedyOf(step, problem), problem });
      // A refusal is an answer; a fault of ours is told as one as well.
      if (!(thrown instanceof DomainError)) throw thrown;
      return null;
    }
  }

  private tell({ tenantId, id: onboardingId, steps }: OnboardingRun, step: StepName): void {
    const record = steps.find(({ name }) => name === step);
    logEvent(this.logger, 'onboarding.step_ended', {
      tenantId,
      onboardingId,
      step,
      to: record?.state,
      attempts: record?.attempts,
      code: record?.problem?.code,
      traceId: record?.problem?.meta?.traceId,
    });
  }
}

/** Takes over what was given, and undoes the steps that rested on what it replaces. */
function take(run: OnboardingRun, { code, accessToken, graphNumberId, verificationCode, pin, verification }: ResumeInputs): void {
  run.secrets = { ...run.secrets, ...(code !== undefined && { code }), ...(accessToken !== undefined && { accessToken }), ...(pin !== undefined && { pin }) };
  run.verificationCode = verificationCode ?? null;
  if (graphNumberId !== undefined && run.numberId === null) {
    run.graphNumberId = graphNumberId;
    undo(run, 'check-number');
  }
  if (accessToken !== undefined) undo(run, 'check-token', 'check-number', 'store-number');
  if (verification) {
    run.verification = verification;
    undo(run, 'request-code');
  }
}

function undo(run: OnboardingRun, ...names: readonly StepName[]): void {
  run.steps = run.steps.map((record) => (names.includes(record.name) ? { ...record, state: 'WAITING' } : record));
}

function note(run: OnboardingRun, name: StepName, state: StepRecord['state'], detail: string, problem: StepProblem | null = null): void {
  const attempts = (run.steps.find((record) => record.name === name)?.attempts ?? 0) + 1;
  const record: StepRecord = { name, state, at: new Date().toISOString(), attempts, detail, problem };
  run.steps = [...run.steps.filter((other) => other.name !== name), record];
}
