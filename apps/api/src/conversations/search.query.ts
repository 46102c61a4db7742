import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { SEARCH_LIMIT } from '@parley/domain';
import { Type } from 'class-transformer';
import { IsDate, IsOptional, IsString, IsUUID, MaxLength, MinLength } from 'class-validator';
import { PageQuery } from '../http/page.js';

/** What to find. */
export class SearchQueryDto extends PageQuery {
  @ApiProperty({
    description: 'Words that must all be there, a "phrase" in quotes, OR between alternatives, a minus before what must not be there. The last word may be the beginning of one. Case and diacritics do not matter.',
    minLength: 1,
    maxLength: SEARCH_LIMIT,
    example: 'masă "pentru doi" -anulat',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(SEARCH_LIMIT)
  q!: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Messages of this time or later.' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Messages before this time.' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}
