import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';

/** POST /control/reset */
export class ResetDto {
  /** Keeps apps, accounts, numbers, templates and subscriptions. */
  @IsOptional()
  @IsBoolean()
  readonly keepAccounts?: boolean;

  /** Starts all chances again from this seed; ids drawn before may come again. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  readonly seed?: number;
}
