import { ApiProperty } from '@nestjs/swagger';
import { CONVERSATION_STATES } from '@parley/domain';

/** A row of `conversations` with its contact. */
export interface ConversationRow {
  id: string;
  phoneNumberId: string;
  state: string;
  unreadCount: number;
  messageCount: number;
  lastMessage: string | null;
  lastMessageAt: Date;
  firstInboundAt: Date | null;
  lastInboundAt: Date | null;
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

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** The columns that the view of a conversation needs beside its own. */
export const CONVERSATION_INCLUDE = { contact: { select: { id: true, name: true, customerId: true } } } as const;

/** What a tenant sees of a conversation. */
export function conversationView(row: ConversationRow): ConversationView {
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
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
