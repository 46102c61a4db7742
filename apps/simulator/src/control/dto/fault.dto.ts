import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { FAULT_KINDS, type FaultKind } from '../../faults/fault.js';

const MAX_MS = 600_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Which requests a fault is for. */
export class FaultMatchDto {
  @ApiPropertyOptional({ description: 'Sends of this number.', examples: ['2000000000000001'] })
  @IsOptional()
  @Matches(/^\d{1,20}$/)
  readonly phoneNumberId?: string;

  @ApiPropertyOptional({ description: 'Sends to this recipient.', examples: ['+40721000001'] })
  @IsOptional()
  @Matches(/^\+?\d{5,15}$/)
  readonly to?: string;

  @ApiPropertyOptional({
    description: 'Any Graph request whose path contains this, for kinds that let nothing through.',
    examples: ['/media'],
  })
  @IsOptional()
  @Matches(/^[\w/.-]{1,100}$/)
  readonly path?: string;
}

/** POST /control/faults */
export class FaultDto {
  @ApiPropertyOptional({ type: FaultMatchDto, description: 'Left out: every send.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => FaultMatchDto)
  readonly match: FaultMatchDto = {};

  @ApiProperty({ enum: FAULT_KINDS, examples: ['accept-then-hang'] })
  @IsIn(FAULT_KINDS)
  readonly kind!: FaultKind;

  @ApiPropertyOptional({
    description: 'Of `error`, `failed`, `failed-after-sent` and `accept-then-error`.',
    default: 131000,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly code: number = 131000;

  @ApiPropertyOptional({
    description: 'HTTP status; left out: 502, or the one that belongs to the code.',
    minimum: 400,
    maximum: 599,
  })
  @IsOptional()
  @IsInt()
  @Min(400)
  @Max(599)
  readonly status?: number;

  @ApiPropertyOptional({ description: 'How many requests it hits; left out: 1, or all within `durationMs`.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly count?: number;

  @ApiPropertyOptional({ description: 'Share of the matching requests that it hits, drawn from the seed.', default: 1 })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly share: number = 1;

  @ApiPropertyOptional({ description: 'How long it lasts, by the clock of the simulator. `maintenance`: 60,000.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(30 * DAY_MS)
  readonly durationMs?: number;

  @ApiPropertyOptional({
    description: '`slow`: 5,000 late; `slow-loris`: 100 for each byte; `statuses-delayed`: 30,000.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_MS)
  readonly delayMs?: number;

  @ApiPropertyOptional({ description: 'How often `statuses-duplicated` gives each.', default: 3 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  readonly copies: number = 3;

  @ApiPropertyOptional({ description: 'Retry-After of answers that refuse; `too-many-requests`: 2.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(86_400)
  readonly retryAfterSeconds?: number;
}
