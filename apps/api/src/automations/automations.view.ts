import { ApiProperty } from '@nestjs/swagger';
import { AUTOMATION_STATES, AUTOMATION_STEP_TYPES, automationReasonText, type AutomationState, type AutomationStepType } from '@parley/domain';

/** A row of automation_runs. */
export interface RunRow {
  step: string;
  type: string;
  state: string;
  reason: string | null;
  attempts: number;
  until: Date | null;
  detail: unknown;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** What one step of the chain did with a message. */
export class AutomationRunView {
  @ApiProperty({ example: 'bot' })
  step!: string;

  @ApiProperty({ enum: AUTOMATION_STEP_TYPES })
  type!: AutomationStepType;

  @ApiProperty({ enum: AUTOMATION_STATES, description: 'DUE, RUNNING and WAITING are under way; PASSED and FAILED hand on to the next step.' })
  state!: AutomationState;

  @ApiProperty({ type: String, nullable: true, description: 'Stable; for programs.', example: 'timeout' })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'For people.', example: 'The endpoint did not answer in time.' })
  reasonText!: string | null;

  @ApiProperty({ example: 1 })
  attempts!: number;

  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true, description: 'Ids, codes and figures: the messages that were sent, tokens, a status.', example: { status: 500 } })
  detail!: unknown;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'From its beginning to its end.', example: 840 })
  durationMs!: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Under way: when it is looked at again at the latest.' })
  until!: string | null;
}

export class MessageAutomationsView {
  @ApiProperty({ format: 'uuid' })
  messageId!: string;

  @ApiProperty({ description: 'Whether the chain was begun. A message of a disabled or empty chain has no runs.', example: true })
  isBegun!: boolean;

  @ApiProperty({ type: [AutomationRunView] })
  runs!: AutomationRunView[];
}

export function runView({ step, type, state, reason, attempts, until, detail, startedAt, finishedAt }: RunRow): AutomationRunView {
  return {
    step,
    type: type as AutomationStepType,
    state: state as AutomationState,
    reason,
    reasonText: reason === null ? null : automationReasonText(reason),
    attempts,
    detail,
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    durationMs: startedAt && finishedAt ? Math.max(0, finishedAt.getTime() - startedAt.getTime()) : null,
    until: until?.toISOString() ?? null,
  };
}

/** What a step would do. */
export class TriedStepView {
  @ApiProperty({ example: 'menu' })
  step!: string;

  @ApiProperty({ enum: AUTOMATION_STEP_TYPES })
  type!: AutomationStepType;

  @ApiProperty({ enum: ['passes', 'answers', 'asks'], description: 'asks: it would ask its endpoint; nobody is asked here, and the trial goes on as if it had no answer.' })
  does!: 'passes' | 'answers' | 'asks';

  @ApiProperty({ type: String, nullable: true, example: 'condition.business-hours' })
  reason!: string | null;

  @ApiProperty({ type: String, nullable: true })
  reasonText!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The answer.', example: 'Our menu: https://example.ro/menu' })
  text!: string | null;
}

export class TriedChainView {
  @ApiProperty({ type: [TriedStepView] })
  steps!: TriedStepView[];
}

/** A secret as far as it is ever shown. */
export class StepSecretView {
  @ApiProperty({ example: 'bot' })
  step!: string;

  @ApiProperty({ description: 'The only address that is shown the secret, or gets its signature.', example: 'https://bot.example.ro' })
  origin!: string;

  @ApiProperty({ example: 2 })
  version!: number;

  @ApiProperty({ example: 'key:7f3a' })
  updatedBy!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class StepSecretsView {
  @ApiProperty({ type: [StepSecretView] })
  data!: StepSecretView[];
}

export class ChangedSecretView extends StepSecretView {
  @ApiProperty({ type: String, nullable: true, description: 'Only where it was made here: it is not shown again.', example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })
  secret!: string | null;
}
