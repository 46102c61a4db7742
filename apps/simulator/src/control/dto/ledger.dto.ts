import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

/** The query of GET /control/ledger and /control/ledger/count. */
export class LedgerQueryDto {
  @IsOptional()
  @Matches(/^\d{1,20}$/)
  readonly phoneNumberId?: string;

  /** `biz_opaque_callback_data` of the send. */
  @IsOptional()
  @IsString()
  readonly opaque?: string;

  @IsOptional()
  @Matches(/^\+?[\w.]{5,140}$/)
  readonly to?: string;

  /** The `next` of the page before. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  readonly after: number = 0;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly limit: number = 1000;
}
