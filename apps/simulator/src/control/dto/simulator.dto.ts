import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** POST /control/clock/advance */
export class AdvanceDto {
  @ApiProperty({
    description: 'Milliseconds that pass at once. Everything due in them happens, in its order.',
    examples: [86400000],
  })
  @IsInt()
  @Min(0)
  @Max(YEAR_MS)
  readonly byMs!: number;
}

/** POST /control/reset */
export class ResetDto {
  @ApiPropertyOptional({ description: 'Keeps apps, accounts, numbers, templates and subscriptions.' })
  @IsOptional()
  @IsBoolean()
  readonly keepAccounts?: boolean;

  @ApiPropertyOptional({ description: 'Starts all chances again from this seed; ids drawn before may come again.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  readonly seed?: number;
}

/** Time by the simulator's clock. */
export class ClockView {
  @ApiProperty({ description: 'Unix milliseconds.', examples: [1795251600000] })
  readonly nowMs!: number;
}

export class SeedView {
  @ApiProperty({ examples: [42] })
  readonly seed!: number;
}

export class HealthView extends SeedView {
  @ApiProperty({ enum: ['ok'] })
  readonly status!: 'ok';

  @ApiProperty({ examples: [12] })
  readonly uptimeSeconds!: number;
}
