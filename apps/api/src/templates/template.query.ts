import { ApiPropertyOptional } from '@nestjs/swagger';
import { normalizeLanguage, TEMPLATE_CATEGORIES, TEMPLATE_STATUSES, type TemplateCategory, type TemplateStatus } from '@parley/domain';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { PageQuery } from '../http/page.js';

/** Which templates to list. */
export class TemplateQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Those that this number can send.' })
  @IsOptional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ example: 'order_confirmation' })
  @IsOptional()
  @Matches(/^[a-z0-9_]{1,512}$/, { message: 'name holds lower-case letters, digits and underscores' })
  name?: string;

  @ApiPropertyOptional({ example: 'en_US' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizeLanguage(value) : value))
  @Matches(/^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$/, { message: 'language is a code such as en or en_US' })
  language?: string;

  @ApiPropertyOptional({ enum: TEMPLATE_STATUSES })
  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  status?: TemplateStatus;

  @ApiPropertyOptional({ enum: TEMPLATE_CATEGORIES })
  @IsOptional()
  @IsIn(TEMPLATE_CATEGORIES)
  category?: TemplateCategory;

  @ApiPropertyOptional({ enum: ['name'], description: 'name: one entry for each name, with its languages, in the order of the names.' })
  @IsOptional()
  @IsIn(['name'])
  groupBy?: 'name';
}
