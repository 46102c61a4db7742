import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

export const HISTORY_SCOPES = ['conversation', 'contact'] as const;
const CURSOR_LENGTH = 64;

/** Which part of a conversation to read. */
export class HistoryQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Messages older than this one: the id of a message, or `nextCursor` of a page. `cursor` is the same.' })
  @IsOptional()
  @IsString()
  @MaxLength(CURSOR_LENGTH)
  before?: string;

  @ApiPropertyOptional({ description: 'Messages newer than this one: the id of a message, or `newerCursor` of a page. The nearest come first to the page, which is newest first as any other.' })
  @IsOptional()
  @IsString()
  @MaxLength(CURSOR_LENGTH)
  after?: string;

  @ApiPropertyOptional({ enum: HISTORY_SCOPES, default: 'conversation', description: 'contact: with all earlier and later conversations of the same contact and number.' })
  @IsOptional()
  @IsIn(HISTORY_SCOPES)
  scope?: (typeof HISTORY_SCOPES)[number];
}
