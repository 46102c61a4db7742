import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import {
  normalizeLanguage,
  PARAMETER_FORMATS,
  TEMPLATE_CATEGORIES,
  type LintSubject,
  type ParameterFormat,
  type TemplateCategory,
  type TemplateComponent,
} from '@parley/domain';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsObject, IsString, IsUUID, Length, Matches } from 'class-validator';
import { Optional } from '../http/optional.js';

const COMPONENTS_LIMIT = 10;
const COMPONENTS_EXAMPLE = [{ type: 'BODY', text: 'Hello {{1}}, your table is ready.', example: { body_text: [['Ana']] } }];
const COMPONENTS = {
  type: 'array',
  items: { type: 'object', additionalProperties: true },
  example: COMPONENTS_EXAMPLE,
  description:
    "As Meta's API writes them. The sample of an image, video or document header is either Meta's `example.header_handle` or `example.mediaId`, the id of a file of POST /v1/media, which goes to Meta when the template does.",
} as const;

const normalized = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? normalizeLanguage(value) : value);

/** What a template says, apart from its name and language. */
export class TemplateContentDto {
  @ApiProperty({ enum: TEMPLATE_CATEGORIES, example: 'UTILITY' })
  @IsIn(TEMPLATE_CATEGORIES)
  category!: TemplateCategory;

  @ApiProperty(COMPONENTS)
  @IsArray()
  @ArrayMaxSize(COMPONENTS_LIMIT)
  @IsObject({ each: true })
  components!: TemplateComponent[];

  @ApiPropertyOptional({ enum: PARAMETER_FORMATS, default: 'POSITIONAL', description: 'Whether variables are {{1}} or {{name}}.' })
  @Optional()
  @IsIn(PARAMETER_FORMATS)
  parameterFormat: ParameterFormat = 'POSITIONAL';

  @ApiPropertyOptional({ example: 600, description: 'How long Meta may try to deliver a message, in seconds.' })
  @Optional()
  @IsInt()
  ttlSeconds?: number;

  @ApiPropertyOptional({ default: false, description: 'Submit it to Meta at once; else it stays a draft.' })
  @Optional()
  @IsBoolean()
  submit: boolean = false;
}

/** A new template. Exactly one of numberId and accountId says whose it is. */
export class CreateTemplateDto extends TemplateContentDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'A number of the account that gets the template.' })
  @Optional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The account that gets the template.' })
  @Optional()
  @IsUUID()
  accountId?: string;

  @ApiProperty({ example: 'table_ready' })
  @Matches(/^[a-z0-9_]{1,512}$/, { message: 'name holds lower-case letters, digits and underscores' })
  name!: string;

  @ApiProperty({ example: 'en_US' })
  @Transform(normalized)
  @Matches(/^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$/, { message: 'language is a code such as en or en_US' })
  language!: string;
}

/** The same template in another language. What is left out is that of the template whose language is added. */
export class AddLanguageDto {
  @ApiProperty({ example: 'ro' })
  @Transform(normalized)
  @Matches(/^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$/, { message: 'language is a code such as en or en_US' })
  language!: string;

  @ApiProperty(COMPONENTS)
  @IsArray()
  @ArrayMaxSize(COMPONENTS_LIMIT)
  @IsObject({ each: true })
  components!: TemplateComponent[];

  @ApiPropertyOptional({ default: false, description: 'Submit it to Meta at once; else it stays a draft.' })
  @Optional()
  @IsBoolean()
  submit: boolean = false;
}

/** What of a template is to change; components replace all of them. */
export class EditTemplateDto {
  @ApiPropertyOptional({ enum: TEMPLATE_CATEGORIES, example: 'UTILITY' })
  @Optional()
  @IsIn(TEMPLATE_CATEGORIES)
  category?: TemplateCategory;

  @ApiPropertyOptional(COMPONENTS)
  @Optional()
  @IsArray()
  @ArrayMaxSize(COMPONENTS_LIMIT)
  @IsObject({ each: true })
  components?: TemplateComponent[];

  @ApiPropertyOptional({ enum: PARAMETER_FORMATS, description: 'Of drafts only: Meta does not change it.' })
  @Optional()
  @IsIn(PARAMETER_FORMATS)
  parameterFormat?: ParameterFormat;

  @ApiPropertyOptional({ example: 600, description: 'How long Meta may try to deliver a message, in seconds.' })
  @Optional()
  @IsInt()
  ttlSeconds?: number;

  @ApiPropertyOptional({ default: false, description: 'Submit a draft after the change. What Meta has is submitted by every edit.' })
  @Optional()
  @IsBoolean()
  submit: boolean = false;
}

/** A template to be held against Meta's rules; nothing is saved. */
export class LintTemplateDto extends OmitType(TemplateContentDto, ['submit', 'category', 'components'] as const) {
  @ApiProperty({ example: 'table_ready' })
  @IsString()
  @Length(0, 1_024)
  name!: string;

  @ApiProperty({ example: 'en_US' })
  @IsString()
  @Length(0, 64)
  language!: string;

  @ApiProperty({ example: 'UTILITY' })
  @IsString()
  @Length(0, 64)
  category!: string;

  @ApiProperty(COMPONENTS)
  @IsArray()
  @ArrayMaxSize(COMPONENTS_LIMIT)
  components!: unknown[];
}

/** The values of a preview. */
export class PreviewTemplateDto {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { body: ['Ana'] },
    description: 'As in a send: header, body, buttons and cards.',
  })
  @Optional()
  @IsObject()
  parameters?: Record<string, unknown>;
}

/** Which languages to delete. */
export class RemoveTemplateQuery {
  @ApiPropertyOptional({ default: false, description: 'All languages of the name, and not this one alone.' })
  @Optional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  allLanguages: boolean = false;
}

/** What the lint reads of a template to be. */
export function lintSubjectOf(template: Omit<LintSubject, 'ttlSeconds'> & { ttlSeconds?: number | null | undefined }): LintSubject {
  const { name, language, category, parameterFormat, ttlSeconds = null, components } = template;
  return { name, language, category, parameterFormat, ttlSeconds, components };
}
