import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Problem } from '@parley/platform';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { ProblemView } from '../docs/problem.dto.js';
import { NotificationDto } from './notification.dto.js';

/** They are told one after another, so that a customer's messages keep their order. */
export const MOST_EVENTS = 100;

export class NotificationBatchDto {
  @ApiProperty({ type: [NotificationDto], minItems: 1, maxItems: MOST_EVENTS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_EVENTS)
  // Each is validated by itself: one bad event must not cost the others.
  events!: unknown[];
}

const OUTCOMES = ['accepted', 'skipped', 'refused'] as const;

/** What became of one event of a batch. */
export class NotificationResultView {
  @ApiProperty({ type: 'integer', example: 0, description: 'Its place in the body, from 0.' })
  index!: number;

  @ApiProperty({ enum: OUTCOMES })
  outcome!: (typeof OUTCOMES)[number];

  @ApiPropertyOptional({ format: 'uuid', description: 'The message of an accepted one.' })
  messageId?: string;

  @ApiPropertyOptional({ example: false, description: 'Of an accepted one: whether an earlier call made the message.' })
  replayed?: boolean;

  @ApiPropertyOptional({ enum: ['switched-off', 'condition'], description: 'Of a skipped one.' })
  reason?: 'switched-off' | 'condition';

  @ApiPropertyOptional({ type: ProblemView, description: 'Of a refused one. Its pointers begin with /events/<index>.' })
  problem?: Problem;
}

export class NotificationBatchView {
  @ApiProperty({ type: [NotificationResultView], description: 'One for each event, in their order.' })
  results!: NotificationResultView[];
}
