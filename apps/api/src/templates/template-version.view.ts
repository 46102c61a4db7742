import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TEMPLATE_CATEGORIES, type TemplateDiff } from '@parley/domain';
import { Type } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { Optional } from '../http/optional.js';

const MOST = 100;

/** Which versions to list. */
export class TemplateVersionQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MOST, default: 20, description: 'How many rows at most.' })
  @Optional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MOST)
  limit: number = 20;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before; without it the list begins.' })
  @Optional()
  @Matches(/^[1-9]\d{0,8}$/, { message: 'cursor must be the nextCursor of a page of this list' })
  cursor?: string;
}

/** What a template said for a while. */
export class TemplateVersionView {
  @ApiProperty({ example: 2 })
  version!: number;

  @ApiProperty({ enum: TEMPLATE_CATEGORIES, example: 'UTILITY' })
  category!: string;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, description: "As Meta's API writes them." })
  components!: unknown[];

  @ApiProperty({ enum: ['tenant', 'meta'], example: 'tenant', description: 'Who changed it.' })
  origin!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;
}

/** The difference of two versions. */
export class TemplateDiffView {
  @ApiProperty({ example: 1 })
  from!: number;

  @ApiProperty({ example: 2 })
  to!: number;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ op: 'replace', path: '/components/0/text', value: 'Bye {{1}}, see you.' }],
    description: 'JSON Patch (RFC 6902) that makes {category, components} of the one those of the other.',
  })
  patch!: TemplateDiff['patch'];

  @ApiProperty({ type: [String], example: ['Body: “Hello {{1}}, see you.” → “Bye {{1}}, see you.”'], description: 'A line for each component that differs.' })
  lines!: string[];
}
