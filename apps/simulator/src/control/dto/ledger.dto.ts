import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import type { JsonObject } from '../../json.js';

/** The query of GET /control/ledger and /control/ledger/count. */
export class LedgerQueryDto {
  @ApiPropertyOptional({ examples: ['2000000000000001'] })
  @IsOptional()
  @Matches(/^\d{1,20}$/)
  readonly phoneNumberId?: string;

  @ApiPropertyOptional({ description: '`biz_opaque_callback_data` of the send: the id of an attempt.' })
  @IsOptional()
  @IsString()
  readonly opaque?: string;

  @ApiPropertyOptional({ examples: ['+40721000001'] })
  @IsOptional()
  @Matches(/^\+?[\w.]{5,140}$/)
  readonly to?: string;

  @ApiPropertyOptional({ description: 'The `next` of the page before.', default: 0 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  readonly after: number = 0;

  @ApiPropertyOptional({ default: 1000, maximum: 10_000 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly limit: number = 1000;
}

/** One accepted message. */
export class LedgerEntryView {
  @ApiProperty({ description: 'Place in the ledger, from 1.', examples: [1] })
  readonly seq!: number;

  @ApiProperty({ examples: ['wamid.HBgL'] })
  readonly wamid!: string;

  @ApiProperty({ examples: ['2000000000000001'] })
  readonly phoneNumberId!: string;

  @ApiProperty({ description: 'The recipient as it was written.', examples: ['+40721000001'] })
  readonly to!: string;

  @ApiProperty({ description: 'Digits of the recipient, or the business-scoped id.', examples: ['40721000001'] })
  readonly recipient!: string;

  @ApiProperty({ examples: ['template'] })
  readonly type!: string;

  @ApiProperty({ type: String, nullable: true, examples: ['0199a1b2-0000-7000-8000-000000000001'] })
  readonly biz_opaque_callback_data!: string | null;

  @ApiProperty({ description: 'Unix milliseconds.', examples: [1795251600000] })
  readonly at!: number;

  @ApiProperty({
    type: Object,
    nullable: true,
    description: 'The request; of the newest messages only.',
    examples: [null],
  })
  readonly body!: JsonObject | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The code that it fails with by status.',
    examples: [131026],
  })
  readonly failure!: number | null;

  @ApiProperty({
    type: [String],
    description: 'The statuses given out so far, in their order.',
    examples: [['sent', 'delivered']],
  })
  readonly statuses!: readonly string[];
}

export class LedgerPage {
  @ApiProperty({ type: [LedgerEntryView] })
  readonly entries!: LedgerEntryView[];

  @ApiProperty({ type: Number, nullable: true, examples: [1000] })
  readonly next!: number | null;

  @ApiProperty({ description: 'How many of the oldest entries are gone (`ledgerCapacity`).', examples: [0] })
  readonly forgotten!: number;
}

export class LedgerCount {
  @ApiProperty({ examples: [42] })
  readonly count!: number;
}
