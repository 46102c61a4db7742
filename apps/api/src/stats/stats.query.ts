import { ApiPropertyOptional } from '@nestjs/swagger';
import { STATS_GROUPS, type StatsGroup } from '@parley/data';
import { CONSENT_PURPOSES, type ConsentPurpose } from '@parley/domain';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsIn, IsISO8601, IsUUID } from 'class-validator';
import { Optional } from '../http/optional.js';

const MOST_GROUPS = 2;

/** Which statistics, and taken apart by what. */
export class StatsQuery {
  @ApiPropertyOptional({ format: 'date-time', description: 'From the hour of this time on. Without it: seven days before `to`.', examples: ['2026-11-01T00:00:00Z'] })
  @Optional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Up to this time. Without it: now.', examples: ['2026-11-21T00:00:00Z'] })
  @Optional()
  @IsISO8601({ strict: true })
  to?: string;

  @ApiPropertyOptional({
    type: String,
    description: `One or two of ${STATS_GROUPS.join(', ')}, with a comma. Days are those of your time zone.`,
    examples: ['day,number'],
  })
  @Optional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayMaxSize(MOST_GROUPS)
  @ArrayUnique()
  @IsIn(STATS_GROUPS, { each: true })
  groupBy?: StatsGroup[];

  @ApiPropertyOptional({ format: 'uuid', description: 'Of this number only.' })
  @Optional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Of this template only.' })
  @Optional()
  @IsUUID()
  templateId?: string;

  @ApiPropertyOptional({ enum: CONSENT_PURPOSES, description: 'Of messages of this kind only.' })
  @Optional()
  @IsIn(CONSENT_PURPOSES)
  category?: ConsentPurpose;
}
