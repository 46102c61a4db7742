import { ApiProperty } from '@nestjs/swagger';
import { INPUTS, METHODS, STEPS, type StepProblem, type StepRecord } from './onboarding.js';

const STATES = ['RUNNING', 'INTERRUPTED', 'WAITING', 'FAILED', 'DONE'] as const;
const STEP_STATES = ['PENDING', 'DONE', 'SKIPPED', 'WAITING', 'REFUSED'] as const;

/** A row of `onboardings`. */
export interface OnboardingRow {
  id: string;
  method: string;
  state: string;
  step: string;
  waitsFor: string | null;
  wabaId: string;
  graphNumberId: string | null;
  steps: unknown;
  problem: unknown;
  phoneNumberId: string | null;
  runUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What Meta said, by its numbers. */
export class MetaWordsView {
  @ApiProperty({ type: Number, nullable: true, example: 136025, description: "Meta's error code." })
  graphCode!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: null })
  graphSubcode!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Az8or2yhqkZfEZ-_4Qn_Bam', description: 'For questions to Meta.' })
  traceId!: string | null;
}

/** Why a step was refused. */
export class StepProblemView {
  @ApiProperty({ example: 'number.code-mismatch', description: 'A code of the list of errors.' })
  code!: string;

  @ApiProperty({ example: 'The code is not the one that was sent', description: "Meta's own words where Meta refused." })
  detail!: string;

  @ApiProperty({ example: 'Give the newest code, or ask for another one; a code is good for ten minutes.' })
  whatToDo!: string;

  @ApiProperty({ example: false, description: 'Whether resuming without a change may help.' })
  retryable!: boolean;

  @ApiProperty({ type: MetaWordsView, nullable: true })
  meta!: MetaWordsView | null;
}

/** One step of an onboarding. */
export class StepView {
  @ApiProperty({ enum: STEPS, example: 'verify-code' })
  name!: string;

  @ApiProperty({ enum: STEP_STATES, example: 'DONE', description: 'SKIPPED: Meta does not ask for it of this number.' })
  state!: (typeof STEP_STATES)[number];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it came to this state.' })
  at!: string | null;

  @ApiProperty({ example: 1, description: 'How often it was tried.' })
  attempts!: number;

  @ApiProperty({ type: String, nullable: true, example: 'The number is verified.' })
  detail!: string | null;

  @ApiProperty({ type: StepProblemView, nullable: true })
  problem!: StepProblemView | null;
}

/** A number on its way onto the platform. */
export class OnboardingView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: METHODS, example: 'token' })
  method!: string;

  @ApiProperty({
    enum: STATES,
    example: 'WAITING',
    description: 'WAITING and FAILED go on by resume; so does INTERRUPTED, whose process is gone. RUNNING is being worked on.',
  })
  state!: (typeof STATES)[number];

  @ApiProperty({ enum: STEPS, example: 'verify-code', description: 'The step that it stands at.' })
  step!: string;

  @ApiProperty({ enum: INPUTS, type: String, nullable: true, example: 'verificationCode', description: 'What resume is to give.' })
  waitsFor!: string | null;

  @ApiProperty({ example: '104996122399160', description: "Meta's id of the WhatsApp Business account." })
  wabaId!: string;

  @ApiProperty({ type: String, nullable: true, example: '106540352242922', description: "Meta's id of the number." })
  graphNumberId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The id of the number in Parley, once it is stored.' })
  numberId!: string | null;

  @ApiProperty({ type: StepProblemView, nullable: true, description: 'Why it stopped.' })
  problem!: StepProblemView | null;

  @ApiProperty({ type: [StepView] })
  steps!: StepView[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** What a tenant sees of an onboarding: all steps, those ahead too. */
export function onboardingView(row: OnboardingRow, now = new Date()): OnboardingView {
  const { id, method, step, waitsFor, wabaId, graphNumberId, phoneNumberId: numberId, createdAt, updatedAt } = row;
  const records = new Map((row.steps as StepRecord[]).map((record) => [record.name, record]));
  const problem = row.problem as Partial<StepProblem> | null;
  return {
    id,
    method,
    state: stateOf(row, now),
    step,
    waitsFor,
    wabaId,
    graphNumberId,
    numberId,
    problem: problem?.code === undefined ? null : (problem as StepProblem),
    steps: STEPS.map((name) => records.get(name) ?? { name, state: 'PENDING', at: null, attempts: 0, detail: null, problem: null }),
    createdAt,
    updatedAt,
  };
}

function stateOf({ state, runUntil }: OnboardingRow, now: Date): OnboardingView['state'] {
  if (state === 'RUNNING' && (runUntil === null || runUntil < now)) return 'INTERRUPTED';
  return state as OnboardingView['state'];
}
