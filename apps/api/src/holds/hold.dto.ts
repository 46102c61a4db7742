import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HOLD_SCOPES, type HoldScope } from '@parley/data';
import { Type } from 'class-transformer';
import { IsDate, IsIn, IsString, IsUUID, Length } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

/** What people can hold; what Meta does to an app is not theirs to say. */
export const HELD_BY_PEOPLE = ['number', 'account', 'template', 'tenant'] as const satisfies readonly HoldScope[];

/** What to hold back, and why. */
export class BeginHoldDto {
  @ApiProperty({ enum: HELD_BY_PEOPLE, example: 'number', description: 'tenant: everything of the organisation.' })
  @IsIn(HELD_BY_PEOPLE)
  scope!: (typeof HELD_BY_PEOPLE)[number];

  @ApiPropertyOptional({ format: 'uuid', description: 'The id of the number, account or template; not with tenant.' })
  @Optional()
  @IsUUID()
  scopeId?: string;

  @ApiProperty({ example: 'Kitchen is closed', description: 'Shown with every message that it holds.' })
  @IsString()
  @Length(1, 200)
  reason!: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', example: '2030-01-01T09:00:00Z', description: 'Until when; without it, until it is lifted.' })
  @Optional()
  @Type(() => Date)
  @IsDate()
  until?: Date;
}

/** Which holds to list. */
export class HoldQuery extends PageQuery {
  @ApiPropertyOptional({ enum: HOLD_SCOPES })
  @Optional()
  @IsIn(HOLD_SCOPES)
  scope?: HoldScope;

  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsUUID()
  scopeId?: string;
}
