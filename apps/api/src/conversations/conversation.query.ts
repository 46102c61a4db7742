import { ApiPropertyOptional } from '@nestjs/swagger';
import { CONVERSATION_PRIORITIES, CONVERSATION_STATES, SEARCH_LIMIT, type ConversationPriority, type ConversationState } from '@parley/domain';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsDate, IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength, MinLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };
const flag = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? (FLAGS[value] ?? value) : value);
/** `a,b` and `a&…=b` are the same list. */
const list = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);
const ASSIGNEE = /^(?:me|none|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
const OWN_ID_LENGTH = 128;

export const WAITING_STATUSES = ['ok', 'due-soon', 'breached'] as const;
export const CONVERSATION_ORDERS = ['recent', 'urgency'] as const;

/** Which conversations to list. */
export class ConversationQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Words in messages, names of contacts, ids of orders: all of them, "a phrase", OR, -without; the last word may be a beginning. With it the best match is the newest. A phone number with its country code: the conversations with whoever has it.', example: 'masă pentru' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(SEARCH_LIMIT)
  q?: string;

  @ApiPropertyOptional({ enum: CONVERSATION_STATES, isArray: true, description: 'One, or several: with commas, or the parameter repeated.' })
  @IsOptional()
  @Transform(list)
  @IsIn(CONVERSATION_STATES, { each: true })
  state?: ConversationState[];

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ description: 'The id of a user, `me`, or `none`.', example: 'me' })
  @IsOptional()
  @Matches(ASSIGNEE, { message: 'assignedTo must be the id of a user, me, or none' })
  assignedTo?: string;

  @ApiPropertyOptional({ enum: CONVERSATION_PRIORITIES, isArray: true, description: 'One, or several: with commas, or the parameter repeated.' })
  @IsOptional()
  @Transform(list)
  @IsIn(CONVERSATION_PRIORITIES, { each: true })
  priority?: ConversationPriority[];

  @ApiPropertyOptional({ example: 'allergy' })
  @IsOptional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  tag?: string;

  @ApiPropertyOptional({ description: 'Your own id of the customer, for the conversation.' })
  @IsOptional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  customerId?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'true: with unread messages; false: without.' })
  @IsOptional()
  @Transform(flag)
  @IsBoolean()
  unread?: boolean;

  @ApiPropertyOptional({ type: Boolean, description: 'true: the customer waits for an answer; false: nothing waits.' })
  @IsOptional()
  @Transform(flag)
  @IsBoolean()
  awaiting?: boolean;

  @ApiPropertyOptional({ enum: WAITING_STATUSES, description: 'How what waits stands to the service level.' })
  @IsOptional()
  @IsIn(WAITING_STATUSES)
  slaStatus?: (typeof WAITING_STATUSES)[number];

  @ApiPropertyOptional({ format: 'date-time', description: 'The customer last wrote at this time or later.' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'The customer last wrote before this time.' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;

  @ApiPropertyOptional({ enum: CONVERSATION_ORDERS, default: 'recent', description: 'recent: who wrote last stands first. urgency: whose answer is due first, and only those who wait.' })
  @IsOptional()
  @IsIn(CONVERSATION_ORDERS)
  sort?: (typeof CONVERSATION_ORDERS)[number];
}
