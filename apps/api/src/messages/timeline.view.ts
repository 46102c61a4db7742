import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ACCEPTANCE_RULES,
  MESSAGE_STATUSES,
  PUBLIC_STATUSES,
  publicStatus,
  RULE_TEXTS,
  TIMELINE_ENTRY_TYPES,
  WAIT_EXPLANATIONS,
  type AcceptanceRule,
  type GraphErrorClass,
  type GraphErrorScope,
  type MessageState,
  type MessageStatus,
  type PublicStatus,
  type Timeline,
  type TimelineEntryType,
  type TimelineWait,
} from '@parley/domain';

const WAITS = Object.keys(WAIT_EXPLANATIONS) as TimelineWait[];
const CLASSES = ['retry', 'throttled', 'credential', 'policy', 'permanent', 'unknown'] as const satisfies readonly GraphErrorClass[];
const SCOPES = ['message', 'pair', 'number', 'template', 'account', 'app'] as const satisfies readonly GraphErrorScope[];
const OUTCOMES = ['accepted', 'refused', 'not-sent', 'unknown'] as const;
const NEXT_STEPS = ['none', 'retry', 'fail', 'wait-for-status', 'under-way'] as const;

export class TimelineCheckView {
  @ApiProperty({ enum: ACCEPTANCE_RULES })
  rule!: AcceptanceRule;

  @ApiProperty({ enum: ['passed', 'not-needed'] })
  verdict!: 'passed' | 'not-needed';

  @ApiProperty({ example: RULE_TEXTS.consent })
  text!: string;
}

export class TimelineWaitView {
  @ApiProperty({ enum: WAITS })
  cause!: TimelineWait;

  @ApiProperty({ example: 4_120 })
  durationMs!: number;

  @ApiProperty({ description: 'false while it lasts; the duration is then that until now.' })
  isOver!: boolean;
}

export class TimelineAttemptView {
  @ApiProperty({ format: 'uuid', description: 'It travels to Meta as biz_opaque_callback_data.' })
  id!: string;

  @ApiProperty({ example: 1 })
  number!: number;

  @ApiProperty({ type: String, enum: OUTCOMES, nullable: true, description: 'null while it is under way.' })
  outcome!: (typeof OUTCOMES)[number] | null;

  @ApiProperty({ type: Number, nullable: true, example: 400 })
  httpStatus!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 131056, description: "Meta's code." })
  errorCode!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  errorSubcode!: number | null;

  @ApiProperty({ type: String, nullable: true, example: '(#131056) (Business Account, Consumer Account) pair rate limit hit' })
  errorText!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'AbcDEfGhIJk', description: 'What Meta asks for in a support case.' })
  traceId!: string | null;

  @ApiProperty({ type: String, enum: CLASSES, nullable: true, description: 'What kind of fault the code stands for.' })
  class!: GraphErrorClass | null;

  @ApiProperty({ type: String, enum: SCOPES, nullable: true, description: 'What the fault is about, from the narrowest to the widest.' })
  scope!: GraphErrorScope | null;

  @ApiProperty({ enum: NEXT_STEPS })
  next!: (typeof NEXT_STEPS)[number];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  nextAttemptAt!: Date | null;

  @ApiProperty({ type: String, nullable: true, description: "Meta's id, where it was taken." })
  wamid!: string | null;
}

export class TimelineStatusView {
  @ApiProperty({ enum: MESSAGE_STATUSES })
  status!: MessageStatus;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: "Meta's time; `at` is ours." })
  reportedAt!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The webhook that brought it, in the ledger of the operator.' })
  webhookEventId!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 131026 })
  errorCode!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Message undeliverable' })
  errorText!: string | null;

  @ApiProperty({ description: 'It is about an attempt before a redrive, and changed nothing.' })
  superseded!: boolean;
}

export class TimelineEventView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'whatsapp.message_sent' })
  type!: string;
}

/** One thing that happened; its type says which of the optional members it has. */
export class TimelineEntryView {
  @ApiProperty({ format: 'date-time' })
  at!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Of what lasted; null while it lasts.' })
  until!: Date | null;

  @ApiProperty({ enum: TIMELINE_ENTRY_TYPES })
  type!: TimelineEntryType;

  @ApiProperty({ example: 'Attempt 1. It did not succeed, and is tried again.', description: 'For people.' })
  text!: string;

  @ApiPropertyOptional({ example: 'Too many messages to this recipient; others are not affected.' })
  whatToDo?: string;

  @ApiPropertyOptional({ type: [TimelineCheckView] })
  checks?: readonly TimelineCheckView[];

  @ApiPropertyOptional({ type: TimelineWaitView })
  wait?: TimelineWaitView;

  @ApiPropertyOptional({ type: TimelineAttemptView })
  attempt?: TimelineAttemptView;

  @ApiPropertyOptional({ type: TimelineStatusView })
  status?: TimelineStatusView;

  @ApiPropertyOptional({ type: TimelineEventView })
  event?: TimelineEventView;
}

export class WaitTotalView {
  @ApiProperty({ enum: WAITS })
  cause!: TimelineWait;

  @ApiProperty({ example: 4_120 })
  durationMs!: number;

  @ApiProperty({ example: WAIT_EXPLANATIONS.pair.reason })
  text!: string;
}

/** Everything that happened to a message, and why it is where it is. */
export class TimelineView {
  @ApiProperty({ format: 'uuid' })
  messageId!: string;

  @ApiProperty({ enum: PUBLIC_STATUSES })
  status!: PublicStatus;

  @ApiProperty({ example: 'It waits its turn: the number sends as fast as it may.', description: 'Why it is where it is, for people.' })
  reason!: string;

  @ApiProperty({ example: 'Nothing: it goes on by itself.' })
  whatToDo!: string;

  @ApiProperty({ example: 4_120, description: 'How long it waited in all.' })
  waitedMs!: number;

  @ApiProperty({ type: [WaitTotalView], description: 'The same by cause, the longest first.' })
  waits!: WaitTotalView[];

  @ApiProperty({ type: [TimelineEntryView], description: 'In order.' })
  entries!: readonly TimelineEntryView[];
}

export function timelineView(messageId: string, state: MessageState, { reason, whatToDo, waitedMs, waits, entries }: Timeline): TimelineView {
  const totals = waits.map(({ cause, durationMs }) => ({ cause, durationMs, text: WAIT_EXPLANATIONS[cause].reason }));
  return { messageId, status: publicStatus(state), reason, whatToDo, waitedMs, waits: totals, entries };
}
