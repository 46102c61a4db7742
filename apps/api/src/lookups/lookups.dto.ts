import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { LookupsSettings } from '@parley/domain';
import { IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import { Optional } from '../http/optional.js';

const URL_LENGTH = 2_000;
const STATUS_LENGTH = 128;

/** Where your own system answers who a customer is and what was ordered. */
export class LookupsBody implements LookupsSettings {
  @ApiProperty({ type: String, format: 'uri', nullable: true, maxLength: URL_LENGTH, example: 'https://erp.example.ro/parley', description: 'The base address; null: nothing is looked up. What is asked there is in docs/guides/look-ups.md.' })
  @ValidateIf(({ url }: LookupsBody) => url !== null)
  @IsString()
  @MaxLength(URL_LENGTH)
  url!: string | null;
}

/** Which orders of a customer to show. */
export class OrderQuery {
  @ApiPropertyOptional({ example: 'preparing', description: 'Only those with this status, in your own words.' })
  @Optional()
  @IsString()
  @Length(1, STATUS_LENGTH)
  status?: string;
}
