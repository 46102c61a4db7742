import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { SettingValues } from '../../state/settings.js';

const MAX_MS = 600_000;

/** Fixed delays of the three statuses. */
export class StatusDelaysDto {
  @IsInt()
  @Min(0)
  @Max(MAX_MS)
  readonly sent!: number;

  @IsInt()
  @Min(0)
  @Max(MAX_MS)
  readonly delivered!: number;

  @IsInt()
  @Min(0)
  @Max(MAX_MS)
  readonly read!: number;
}

/** A span of milliseconds. */
export class SpanDto {
  @IsInt()
  @Min(0)
  @Max(MAX_MS)
  readonly min!: number;

  @IsInt()
  @Min(0)
  @Max(MAX_MS)
  readonly max!: number;
}

/** PUT /control/settings: what is left out stays. */
export class SettingsDto implements Partial<SettingValues> {
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @ValidateNested()
  @Type(() => StatusDelaysDto)
  readonly statusDelaysMs?: StatusDelaysDto | null;

  @IsOptional()
  @IsBoolean()
  readonly statuses?: boolean;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly readShare?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly failedAfterSentShare?: number;

  @IsOptional()
  @ValidateNested()
  @Type(() => SpanDto)
  readonly answerDelayMs?: SpanDto;

  @IsOptional()
  @IsBoolean()
  readonly pairLimit?: boolean;

  @IsOptional()
  @IsBoolean()
  readonly throughputLimit?: boolean;

  @IsOptional()
  @IsBoolean()
  readonly serviceWindow?: boolean;

  @IsOptional()
  @IsBoolean()
  readonly magicRecipients?: boolean;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  readonly duplicates?: number;

  @IsOptional()
  @IsBoolean()
  readonly shuffle?: boolean;

  @IsOptional()
  @IsBoolean()
  readonly statusBeforeAnswer?: boolean;

  @IsOptional()
  @IsBoolean()
  readonly ledgerBodies?: boolean;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(256)
  readonly webhookConcurrency?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly webhookBatchMax?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_MS)
  readonly webhookTimeoutMs?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(MAX_MS, { each: true })
  readonly webhookRetryDelaysMs?: number[];
}
