import { ApiPropertyOptional } from '@nestjs/swagger';
import { CONVERSATION_STATES, type ConversationState } from '@parley/domain';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '../http/page.js';

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** Which conversations to list. */
export class ConversationQuery extends PageQuery {
  @ApiPropertyOptional({ enum: CONVERSATION_STATES })
  @IsOptional()
  @IsIn(CONVERSATION_STATES)
  state?: ConversationState;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'true: with unread messages; false: without.' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (FLAGS[value] ?? value) : value))
  @IsBoolean()
  unread?: boolean;
}
