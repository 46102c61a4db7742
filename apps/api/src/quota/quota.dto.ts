import { ApiProperty } from '@nestjs/swagger';
import type { QuotaView as QuotaState } from '@parley/limits';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** More than any number can send in a window. */
const MOST_MESSAGES = 1_000_000_000;

export class ChangeQuotaBody {
  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: MOST_MESSAGES,
    examples: [5_000],
    description: 'Messages in a window; 0 stops sending; null: the default of the platform.',
  })
  @ValidateIf(({ limit }: ChangeQuotaBody) => limit !== null)
  @IsInt()
  @Min(0)
  @Max(MOST_MESSAGES)
  limit!: number | null;
}

export class QuotaView {
  @ApiProperty({ examples: [1_000], description: 'Messages that may leave in a window. More are accepted, and wait for its end.' })
  limit!: number;

  @ApiProperty({ examples: [640], description: 'Messages of this window that left or are about to.' })
  used!: number;

  @ApiProperty({ examples: [360] })
  remaining!: number;

  @ApiProperty({ examples: [86_400], description: 'How long a window is, in seconds. It begins with its first message.' })
  windowSeconds!: number;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-22T09:00:00.000Z'], description: 'When the window ends; where none has begun, when one would end that begins now.' })
  resetsAt!: string;

  @ApiProperty({ examples: [false], description: 'Nothing is left: messages wait with the reason QUOTA_EXCEEDED.' })
  throttled!: boolean;

  @ApiProperty({ enum: ['redis', 'database'], examples: ['redis'], description: 'Where it is counted now. The database takes over by itself.' })
  mode!: string;
}

/** @param now our own time, from which the reset is told */
export function quotaView({ limit, used, remaining, resetsInMs, throttled, mode }: QuotaState, windowSeconds: number, now: Date): QuotaView {
  const resetsAt = new Date(now.getTime() + resetsInMs).toISOString();
  return { limit, used, remaining, windowSeconds, resetsAt, throttled, mode };
}
