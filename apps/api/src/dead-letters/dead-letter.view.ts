import { ApiProperty } from '@nestjs/swagger';
import { explainFailure, UNCERTAIN, type Explanation } from '@parley/domain';
import type { DeadLetterGroup, DeadLetterReport } from '@parley/data';
import { MessageView } from '../messages/message.view.js';

const CAUSE = { example: explainFailure('meta.131026').reason, description: 'Why, for people.' };
const FIX = { example: explainFailure('meta.131026').whatToDo, description: 'What mends it.' };

/** The conversation in which the message would have stood. */
export class DeadLetterConversationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'OPEN' })
  state!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Hello Ana, your order A-1042 is confirmed.' })
  lastMessage!: string | null;

  @ApiProperty({ format: 'date-time' })
  lastMessageAt!: Date;
}

/** What Meta, or a check at leaving, said last. */
export class DeadLetterErrorView {
  @ApiProperty({ type: String, nullable: true, example: 'meta.131026' })
  reason!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 131026 })
  code!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Message undeliverable' })
  text!: string | null;
}

export class DeadLetterAttemptView {
  @ApiProperty({ example: 1 })
  number!: number;

  @ApiProperty({ format: 'date-time' })
  startedAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: Date | null;

  @ApiProperty({ type: String, nullable: true, example: 'refused' })
  outcome!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 400 })
  httpStatus!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 131026 })
  errorCode!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Message undeliverable' })
  errorText!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'AbcDEfGhIJk' })
  traceId!: string | null;
}

/** A message that failed for good. Its id is the message's. */
export class DeadLetterView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  deadLetteredAt!: Date;

  @ApiProperty(CAUSE)
  cause!: string;

  @ApiProperty(FIX)
  fix!: string;

  @ApiProperty({ description: 'false for one that expired: send it again as a new message.' })
  canBeRedriven!: boolean;

  @ApiProperty({ description: 'The customer may have it already: it is redriven with allowDuplicate only.' })
  mayHaveArrived!: boolean;

  @ApiProperty({ type: DeadLetterErrorView })
  lastError!: DeadLetterErrorView;

  @ApiProperty({ type: [DeadLetterAttemptView], description: 'Of all rounds, the oldest first.' })
  attempts!: DeadLetterAttemptView[];

  @ApiProperty({ type: DeadLetterConversationView, nullable: true, description: 'null where WhatsApp never took the message.' })
  conversation!: DeadLetterConversationView | null;

  @ApiProperty({ type: MessageView })
  message!: MessageView;
}

/** Dead letters that share a code, a number and a template. */
export class DeadLetterGroupView {
  @ApiProperty({ type: String, nullable: true, example: 'meta.131026' })
  reason!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 131026 })
  code!: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  numberId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  templateId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'order_confirmation' })
  templateName!: string | null;

  @ApiProperty({ example: 12 })
  count!: number;

  @ApiProperty({ format: 'date-time' })
  oldestAt!: Date;

  @ApiProperty({ format: 'date-time' })
  newestAt!: Date;

  @ApiProperty({ type: String, nullable: true, ...CAUSE })
  cause!: string | null;

  @ApiProperty({ type: String, nullable: true, ...FIX })
  fix!: string | null;
}

export class DeadLetterGroupsView {
  @ApiProperty({ type: [DeadLetterGroupView], description: 'The largest first; at most 200.' })
  data!: DeadLetterGroupView[];
}

export class DeadLettersOfChannelView {
  @ApiProperty({ example: 12 })
  WHATSAPP!: number;
}

export class TopErrorView {
  @ApiProperty({ type: String, nullable: true, example: 'meta.131026' })
  reason!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 131026 })
  code!: number | null;

  @ApiProperty({ example: 7 })
  count!: number;

  @ApiProperty(CAUSE)
  cause!: string;

  @ApiProperty(FIX)
  whatToDo!: string;
}

/** The dead letters at a glance. */
export class DeadLetterReportView {
  @ApiProperty({ example: 12 })
  total!: number;

  @ApiProperty({ type: DeadLettersOfChannelView })
  byChannel!: DeadLettersOfChannelView;

  @ApiProperty({ example: 7, description: 'Of the last 24 hours.' })
  lastDay!: number;

  @ApiProperty({ type: [TopErrorView], description: 'Of the last 24 hours, the most frequent first.' })
  topErrors!: TopErrorView[];
}

/** What a dead letter is made of. */
export interface DeadLetterRow {
  id: string;
  state: string;
  reason: string | null;
  errorCode: number | null;
  errorText: string | null;
  deadLetteredAt: Date | null;
  attemptRows: DeadLetterAttemptView[];
}

export function deadLetterView(row: DeadLetterRow, message: MessageView, conversation: DeadLetterConversationView | null): DeadLetterView {
  const { reason: cause, whatToDo: fix } = row.state === 'EXPIRED' ? explainFailure('message.expired') : explainFailure(row.reason, row.errorText);
  return {
    id: row.id,
    deadLetteredAt: row.deadLetteredAt!,
    cause,
    fix,
    canBeRedriven: row.state === 'FAILED',
    mayHaveArrived: row.reason === UNCERTAIN,
    lastError: { reason: row.reason, code: row.errorCode, text: row.errorText },
    attempts: row.attemptRows.map(attemptView),
    conversation,
    message,
  };
}

function attemptView({ number, startedAt, finishedAt, outcome, httpStatus, errorCode, errorText, traceId }: DeadLetterAttemptView): DeadLetterAttemptView {
  return { number, startedAt, finishedAt, outcome, httpStatus, errorCode, errorText, traceId };
}

export function deadLetterGroupView(group: DeadLetterGroup, isByCode: boolean): DeadLetterGroupView {
  const explained: Explanation | null = isByCode ? explainFailure(group.reason) : null;
  return { ...group, cause: explained?.reason ?? null, fix: explained?.whatToDo ?? null };
}

export function deadLetterReportView({ total, lastDay, topReasons }: DeadLetterReport): DeadLetterReportView {
  const topErrors = topReasons.map(({ reason, code, count }) => {
    const { reason: cause, whatToDo } = explainFailure(reason);
    return { reason, code, count, cause, whatToDo };
  });
  return { total, byChannel: { WHATSAPP: total }, lastDay, topErrors };
}
