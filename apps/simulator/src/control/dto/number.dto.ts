import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import {
  NUMBER_STATUSES,
  QUALITY_RATINGS,
  THROUGHPUT_LEVELS,
  type NumberStatus,
  type QualityRating,
  type ThroughputLevel,
} from '../../state/account.js';

export const NAME_DECISIONS = ['APPROVED', 'REJECTED'] as const;

/** PUT /control/numbers/:id */
export class NumberChangeDto {
  @ApiPropertyOptional({ enum: NUMBER_STATUSES, description: 'Meta sends no webhook for it.' })
  @IsOptional()
  @IsIn(NUMBER_STATUSES)
  readonly status?: NumberStatus;

  @ApiPropertyOptional({ enum: QUALITY_RATINGS, description: 'RED flags the number until it is better again.' })
  @IsOptional()
  @IsIn(QUALITY_RATINGS)
  readonly qualityRating?: QualityRating;

  @ApiPropertyOptional({ enum: THROUGHPUT_LEVELS })
  @IsOptional()
  @IsIn(THROUGHPUT_LEVELS)
  readonly throughputLevel?: ThroughputLevel;

  @ApiPropertyOptional({ enum: NAME_DECISIONS, description: 'On the display name that waits for its review.' })
  @IsOptional()
  @IsIn(NAME_DECISIONS)
  readonly name?: (typeof NAME_DECISIONS)[number];

  @ApiPropertyOptional({ description: 'Why the name is rejected.', examples: ['NAME_EMPLOYEE_ISSUE'] })
  @IsOptional()
  @Matches(/^[A-Z_]+$/)
  readonly reason?: string;
}
