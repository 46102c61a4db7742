import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import type { DeadLetterFilter, DeadLetterGrouping } from '@parley/data';
import { Type as Convert } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsString, IsUUID, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

const OWN_ID_LENGTH = 128;
const REASON_LENGTH = 100;

/** Which dead letters: of lists, groups and redrives alike. Every field narrows it. */
export class DeadLetterFilterDto {
  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @Optional()
  @IsUUID()
  templateId?: string;

  @ApiPropertyOptional({ example: 131026, description: "Meta's code." })
  @Optional()
  @Convert(() => Number)
  @IsInt()
  code?: number;

  @ApiPropertyOptional({ example: 'network.unreachable', description: 'Why they failed, as `reason.code` of the message says it.' })
  @Optional()
  @IsString()
  @MaxLength(REASON_LENGTH)
  reason?: string;

  @ApiPropertyOptional({ example: 'C-1042', description: 'Your own id of the customer.' })
  @Optional()
  @IsString()
  @MaxLength(OWN_ID_LENGTH)
  customerId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Dead since then.' })
  @Optional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Dead before then.' })
  @Optional()
  @IsISO8601({ strict: true })
  to?: string;
}

export class DeadLetterQuery extends IntersectionType(PageQuery, DeadLetterFilterDto) {}

const GROUPINGS = ['code', 'number', 'template'] as const satisfies readonly DeadLetterGrouping[];

export class DeadLetterGroupQuery extends DeadLetterFilterDto {
  @ApiPropertyOptional({ enum: GROUPINGS, description: 'By one of them alone; without it by all three.' })
  @Optional()
  @IsIn(GROUPINGS)
  by?: DeadLetterGrouping;
}

export function groupingOf({ by }: DeadLetterGroupQuery): readonly DeadLetterGrouping[] {
  return by === undefined ? GROUPINGS : [by];
}

/** As the data layer takes it. */
export function deadLetterFilter({ numberId, templateId, code, reason, customerId, from, to }: DeadLetterFilterDto): DeadLetterFilter {
  const fields = { numberId, templateId, code, reasons: reason === undefined ? undefined : [reason], customerId, from, to };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
