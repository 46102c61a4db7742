import { ERRORS, graphErrorRow, type DomainError, type ErrorCode, type TenantId } from '@parley/domain';
import type { Verification } from '../numbers/register-number.js';

/** The way of a number onto the platform, in order. */
export const STEPS = [
  'exchange-code',
  'check-token',
  'check-number',
  'store-number',
  'request-code',
  'verify-code',
  'register',
  'subscribe-app',
  'read-number',
  'sync-templates',
] as const;

export type StepName = (typeof STEPS)[number];

/** What a person may have to give before it goes on. */
export const INPUTS = ['code', 'accessToken', 'graphNumberId', 'verificationCode', 'pin'] as const;

export type Input = (typeof INPUTS)[number];

export const METHODS = ['token', 'code'] as const;

export type Method = (typeof METHODS)[number];

/** Why a step was refused, and what to do about it. */
export interface StepProblem {
  code: ErrorCode;
  detail: string;
  whatToDo: string;
  /** Whether resuming without a change may help. */
  retryable: boolean;
  /** Meta's own code and trace id; null where Meta said nothing. */
  meta: { graphCode: number | null; graphSubcode: number | null; traceId: string | null } | null;
}

/** What became of a step. Only DONE and SKIPPED are behind us. */
export interface StepRecord {
  name: StepName;
  state: 'DONE' | 'SKIPPED' | 'WAITING' | 'REFUSED';
  /** ISO 8601 */
  at: string;
  attempts: number;
  detail: string;
  problem: StepProblem | null;
}

/** Sealed with the onboarding, until it is done. */
export interface OnboardingSecrets {
  code?: string;
  accessToken?: string;
  pin?: string;
}

/** An onboarding while it runs. */
export interface OnboardingRun {
  tenantId: TenantId;
  id: string;
  epoch: number;
  method: Method;
  wabaId: string;
  graphNumberId: string | null;
  /** Whose secret the code is exchanged with; null for the platform's app. */
  metaAppId: string | null;
  verification: Verification;
  steps: StepRecord[];
  secrets: OnboardingSecrets;
  secretsVersion: number;
  /** Our id of the number, once it is stored. */
  numberId: string | null;
  /** Given with this resume; kept nowhere. */
  verificationCode: string | null;
}

/** What a step says when it was not refused. Refusals are DomainErrors. */
export type StepResult =
  | { kind: 'done' | 'skipped'; detail: string; changes?: StepChanges }
  | { kind: 'waits'; waitsFor: Input; detail: string };

/** What a step found out for the next ones. */
export type StepChanges = Partial<Pick<OnboardingRun, 'graphNumberId' | 'secrets' | 'numberId'>>;

/** One step. It looks at Meta's state before it changes it, so that a second run after a crash finds its work done. */
export type Step = (run: OnboardingRun) => Promise<StepResult>;

export const done = (detail: string, changes?: StepChanges): StepResult => ({ kind: 'done', detail, ...(changes && { changes }) });
export const skipped = (detail: string): StepResult => ({ kind: 'skipped', detail });

/** The first step that is not behind us; null when there is none. */
export function nextStep(steps: readonly StepRecord[]): StepName | null {
  return STEPS.find((name) => !steps.some((record) => record.name === name && isBehind(record))) ?? null;
}

export function isBehind({ state }: StepRecord): boolean {
  return state === 'DONE' || state === 'SKIPPED';
}

/** What would help a step that was refused, where it is something that a person can give. */
export function remedyOf(step: StepName, { code }: StepProblem): Input | null {
  switch (step) {
    case 'exchange-code':
      return 'code';
    case 'check-token':
      return code === 'graph.unavailable' ? null : 'accessToken';
    case 'check-number':
      return code === 'number.mismatch' ? 'graphNumberId' : null;
    case 'verify-code':
      return 'verificationCode';
    case 'register':
      return code === 'number.pin-mismatch' ? 'pin' : null;
    default:
      return code === 'credential.invalid' ? 'accessToken' : null;
  }
}

/** A refusal as it is kept: Meta's words stay Meta's, and what to do is said beside them. */
export function problemOf({ code, detail, retryable, context }: DomainError): StepProblem {
  const [graphCode, graphSubcode, traceId] = [context['graphCode'], context['graphSubcode'], context['traceId']];
  const row = typeof graphCode === 'number' && code.startsWith('graph.') ? graphErrorRow(graphCode) : undefined;
  const meta = {
    graphCode: typeof graphCode === 'number' ? graphCode : null,
    graphSubcode: typeof graphSubcode === 'number' ? graphSubcode : null,
    traceId: typeof traceId === 'string' ? traceId : null,
  };
  return { code, detail, whatToDo: row?.whatToDo ?? ERRORS[code].whatToDo, retryable, meta: meta.graphCode === null ? null : meta };
}
