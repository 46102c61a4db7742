import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { FAULT_KINDS, type FaultKind } from '../../faults/fault.js';

/** Which sends a fault is for. */
export class FaultMatchDto {
  @IsOptional()
  @Matches(/^\d{1,20}$/)
  readonly phoneNumberId?: string;

  @IsOptional()
  @Matches(/^\+?\d{5,15}$/)
  readonly to?: string;
}

/** POST /control/faults */
export class FaultDto {
  @IsOptional()
  @ValidateNested()
  @Type(() => FaultMatchDto)
  readonly match: FaultMatchDto = {};

  @IsIn(FAULT_KINDS)
  readonly kind!: FaultKind;

  /** Error code of `error` and `failed`. */
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly code: number = 131000;

  /** HTTP status of `http` and `html`. */
  @IsOptional()
  @IsInt()
  @Min(400)
  @Max(599)
  readonly status: number = 502;

  /** How many sends it hits. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly count: number = 1;

  /** How late an accepted message is answered. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly delayMs?: number;
}
