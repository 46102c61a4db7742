import { ApiProperty } from '@nestjs/swagger';
import {
  awaitsAnswer,
  CONVERSATION_PRIORITIES,
  CONVERSATION_STATES,
  escalationPriority,
  minutesUntilBreach,
  SLA_STATUSES,
  slaStatus,
  type ConversationPriority,
  type ServiceState,
  type SlaStatus,
} from '@parley/domain';

/** A row of `conversations` with its contact. */
export interface ConversationRow extends Omit<ServiceState, 'priority' | 'priorityBefore'> {
  id: string;
  phoneNumberId: string;
  state: string;
  unreadCount: number;
  messageCount: number;
  lastMessage: string | null;
  lastMessageAt: Date;
  firstInboundAt: Date | null;
  lastInboundAt: Date | null;
  assignedTo: string | null;
  assignedAt: Date | null;
  priority: string;
  priorityBefore: string | null;
  tags: readonly string[];
  customerId: string | null;
  resolvedAt: Date | null;
  archivedAt: Date | null;
  idleAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  contact: { id: string; name: string | null; customerId: string | null };
}

/** Meta: free-form answers are possible for 24 hours after the customer's last message. */
const WINDOW_MS = 24 * 60 * 60 * 1_000;

/** With whom a conversation is. */
export class ConversationContactView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ana Pop' })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'C-1042', description: 'Your own id of the customer.' })
  customerId!: string | null;
}

/** A conversation of one number with one contact. */
export class ConversationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  numberId!: string;

  @ApiProperty({ type: ConversationContactView })
  contact!: ConversationContactView;

  @ApiProperty({ enum: CONVERSATION_STATES })
  state!: string;

  @ApiProperty({ example: 2, description: "The customer's messages that nobody has read yet." })
  unreadCount!: number;

  @ApiProperty({ example: 7, description: 'Messages of both directions.' })
  messageCount!: number;

  @ApiProperty({ type: String, nullable: true, example: 'See you at eight!', description: 'The last message in one line.' })
  lastMessage!: string | null;

  @ApiProperty({ format: 'date-time' })
  lastMessageAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  firstInboundAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastInboundAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Until then free text may be sent.' })
  windowClosesAt!: Date | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The user whose it is.' })
  assignedTo!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  assignedAt!: Date | null;

  @ApiProperty({ enum: CONVERSATION_PRIORITIES, description: 'What somebody said, raised where a question is nearly overdue or is. It falls back with the answer.' })
  priority!: string;

  @ApiProperty({ type: [String], example: ['allergy'] })
  tags!: string[];

  @ApiProperty({ type: String, nullable: true, example: 'C-1042', description: 'Your own id of the customer, for this conversation.' })
  customerId!: string | null;

  @ApiProperty({
    enum: SLA_STATUSES,
    description:
      'Of the question that waits for an answer: `ok`, `due-soon`, or `breached` when it is overdue. Where nothing waits: `met` if the last answer came in time, else `none`.',
  })
  slaStatus!: SlaStatus;

  @ApiProperty({ type: 'integer', nullable: true, example: 42, description: 'Minutes until the question is overdue, negative when it is; null where nothing waits.' })
  minutesUntilBreach!: number | null;

  @ApiProperty({ enum: CONVERSATION_PRIORITIES, description: '`priority` with what the service level adds at this moment: one step when it is `due-soon`, two when it is `breached`.' })
  escalationPriority!: ConversationPriority;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: "The customer's oldest message without an answer." })
  awaitingSince!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it is overdue, by your business hours.' })
  answerDueAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the customer was last answered.' })
  answeredAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When he was first answered, since the conversation was opened or opened again.' })
  firstResponseAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when it is noted as idle: no message for a day, or as long as you say.' })
  idleSince!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  resolvedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  archivedAt!: Date | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** The columns that the view of a conversation needs beside its own. */
export const CONVERSATION_INCLUDE = { contact: { select: { id: true, name: true, customerId: true } } } as const;

/** What a tenant sees of a conversation at this moment. */
export function conversationView(row: ConversationRow, now: Date): ConversationView {
  const { id, phoneNumberId, contact, state, unreadCount, messageCount, lastMessage, lastMessageAt, firstInboundAt, lastInboundAt } = row;
  return {
    id,
    numberId: phoneNumberId,
    contact: { id: contact.id, name: contact.name, customerId: contact.customerId },
    state,
    unreadCount,
    messageCount,
    lastMessage,
    lastMessageAt,
    firstInboundAt,
    lastInboundAt,
    windowClosesAt: lastInboundAt && new Date(lastInboundAt.getTime() + WINDOW_MS),
    assignedTo: row.assignedTo,
    assignedAt: row.assignedAt,
    priority: row.priority,
    tags: [...row.tags],
    customerId: row.customerId,
    ...serviceView(row, now),
    resolvedAt: row.resolvedAt,
    archivedAt: row.archivedAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function serviceView(row: ConversationRow, now: Date) {
  const { priority, priorityBefore, idleAt, answeredAt, firstResponseAt } = row;
  const state: ServiceState = { ...row, priority: priority as ConversationPriority, priorityBefore: priorityBefore as ConversationPriority | null };
  const waits = awaitsAnswer(state);
  return {
    slaStatus: slaStatus(state, now),
    minutesUntilBreach: minutesUntilBreach(state, now),
    escalationPriority: escalationPriority(state, now),
    awaitingSince: waits ? row.awaitingSince : null,
    answerDueAt: waits ? row.answerDueAt : null,
    answeredAt,
    // The answer that nobody has noted yet is one.
    firstResponseAt: firstResponseAt ?? (row.awaitingSince !== null && !waits ? answeredAt : null),
    // A message of ours ends it too, without a word to this column.
    idleSince: idleAt !== null && idleAt >= row.lastMessageAt ? idleAt : null,
  };
}
