import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type as Convert } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsObject, IsString, IsUUID, Length, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';
import { DeadLetterFilterDto } from './dead-letter.query.js';

const MOST_IDS = 1_000;

const ALLOW_DUPLICATE = {
  default: false,
  example: false,
  description: 'Whether what the customer may have already goes out too. Without it, messages whose outcome was never learnt stay.',
};

export class RedriveOneDto {
  @ApiPropertyOptional(ALLOW_DUPLICATE)
  @Optional()
  @IsBoolean()
  allowDuplicate?: boolean;
}

/** Which ones: `ids`, or a `filter`; an empty filter means all. */
export class RedriveManyDto extends RedriveOneDto {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: MOST_IDS })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @IsUUID(undefined, { each: true })
  ids?: string[];

  @ApiPropertyOptional({ type: DeadLetterFilterDto })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Convert(() => DeadLetterFilterDto)
  filter?: DeadLetterFilterDto;

  @ApiPropertyOptional({ default: false, description: 'Only tell what would become of them; nothing is changed.' })
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

export class DiscardDto {
  @ApiProperty({ maxLength: 500, example: 'The guest came by and paid.', description: 'It stands in the timeline of the message.' })
  @IsString()
  @Length(1, 500)
  reason!: string;
}
