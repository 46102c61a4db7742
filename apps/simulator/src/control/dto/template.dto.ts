import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import {
  QUALITY_RATINGS,
  TEMPLATE_CATEGORIES,
  TEMPLATE_STATUSES,
  type QualityRating,
  type TemplateCategory,
  type TemplateStatus,
} from '../../state/account.js';

export const VERDICTS = [
  'APPROVED',
  'REJECTED',
  'PAUSED',
  'PAUSED_BY_PACING',
  'UNPAUSED',
  'DISABLED',
  'CATEGORY_ANNOUNCED',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** PUT /control/templates/:id */
export class TemplateChangeDto {
  @ApiPropertyOptional({ enum: TEMPLATE_STATUSES })
  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  readonly status?: TemplateStatus;

  @ApiPropertyOptional({ description: "Why, in Meta's terms.", examples: ['INVALID_FORMAT'] })
  @IsOptional()
  @Matches(/^[A-Z_]+$/)
  readonly reason?: string;

  @ApiPropertyOptional({ enum: TEMPLATE_CATEGORIES })
  @IsOptional()
  @IsIn(TEMPLATE_CATEGORIES)
  readonly category?: TemplateCategory;

  @ApiPropertyOptional({ enum: QUALITY_RATINGS, description: 'RED pauses an approved template.' })
  @IsOptional()
  @IsIn(QUALITY_RATINGS)
  readonly quality?: QualityRating;
}

/** POST /control/templates/:id/review */
export class TemplateReviewDto {
  @ApiProperty({
    enum: VERDICTS,
    description:
      'A pause ends by itself after 3, then 6 hours; the third one disables. One by pacing waits for /unpause.',
  })
  @IsIn(VERDICTS)
  readonly verdict!: Verdict;

  @ApiPropertyOptional({ description: 'Why it is rejected.', examples: ['INVALID_FORMAT'] })
  @IsOptional()
  @Matches(/^[A-Z_]+$/)
  readonly reason?: string | undefined;

  @ApiPropertyOptional({ enum: TEMPLATE_CATEGORIES, description: 'What it becomes a day after CATEGORY_ANNOUNCED.' })
  @IsOptional()
  @IsIn(TEMPLATE_CATEGORIES)
  readonly category?: TemplateCategory;
}
