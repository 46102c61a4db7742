import { ApiProperty } from '@nestjs/swagger';
import { explainReason, REDRIVE_VERDICTS, WAIT_EXPLANATIONS, type Explanation, type JudgedRedrive, type TimelineWait } from '@parley/domain';

/** What was done, beside the verdicts of a dry run. */
const VERDICTS = [...Object.keys(REDRIVE_VERDICTS), 'redriven'] as const;

/** So many messages with the same verdict. */
export class RedriveVerdictView {
  @ApiProperty({ enum: VERDICTS })
  verdict!: string;

  @ApiProperty({ type: String, nullable: true, example: 'consent.revoked', description: 'Why it would wait or fail again.' })
  reason!: string | null;

  @ApiProperty({ example: REDRIVE_VERDICTS['goes-out'] })
  text!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  whatToDo!: string | null;

  @ApiProperty({ example: 40 })
  count!: number;
}

export class RedriveItemView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: VERDICTS })
  verdict!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  reason!: string | null;
}

/** A redrive of many, done in the background chunk by chunk. */
export class RedriveView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['RUNNING', 'DONE'] })
  state!: string;

  @ApiProperty({ example: 'key:4fK9mQ2xTb7Z', description: 'Who asked for it; `auto`: it came about by itself.' })
  actor!: string;

  @ApiProperty({ type: String, nullable: true, example: 'breaker', description: 'What was over, where it came about by itself.' })
  cause!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { code: 131000 } })
  filter!: object;

  @ApiProperty()
  allowDuplicate!: boolean;

  @ApiProperty({ example: 1_200, description: 'Dead letters looked at so far.' })
  looked!: number;

  @ApiProperty({ example: 1_180, description: 'Of those, put back into the queue. The others stay what they are.' })
  redriven!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: Date | null;
}

/** What becomes, or became, of what was to be redriven. */
export class RedriveReportView {
  @ApiProperty({ description: 'true: nothing was changed.' })
  dryRun!: boolean;

  @ApiProperty({ example: 40, description: 'Messages looked at.' })
  total!: number;

  @ApiProperty({ description: 'There are more than were looked at.' })
  isCapped!: boolean;

  @ApiProperty({ type: [RedriveVerdictView] })
  verdicts!: RedriveVerdictView[];

  @ApiProperty({ type: [RedriveItemView], description: 'One for each id that was given.' })
  messages!: RedriveItemView[];

  @ApiProperty({ type: RedriveView, nullable: true, description: 'Of a filter: what goes on in the background.' })
  redrive!: RedriveView | null;
}

/** A verdict and how many it is about. */
export interface CountedVerdict extends Omit<JudgedRedrive, 'verdict'> {
  verdict: JudgedRedrive['verdict'] | 'redriven';
  count: number;
}

const REDRIVEN = 'It is queued again, and leaves when its number may send.';

/** Adds up what is alike; the most frequent first. */
export function verdictViews(counted: readonly CountedVerdict[]): RedriveVerdictView[] {
  const sums = new Map<string, CountedVerdict>();
  for (const one of counted) {
    const key = `${one.verdict} ${one.reason}`;
    sums.set(key, { ...one, count: one.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count).map(({ verdict, reason, count }) => {
    const explained = reason === null ? null : explain(reason);
    const text = verdict === 'redriven' ? REDRIVEN : REDRIVE_VERDICTS[verdict];
    return { verdict, reason, text: explained ? `${text} ${explained.reason}` : text, whatToDo: explained?.whatToDo ?? null, count };
  });
}

function explain(reason: string): Explanation | null {
  return Object.hasOwn(WAIT_EXPLANATIONS, reason) ? WAIT_EXPLANATIONS[reason as TimelineWait] : explainReason(reason);
}
