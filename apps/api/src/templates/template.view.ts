import { ApiProperty } from '@nestjs/swagger';
import {
  PARAMETER_FORMATS,
  parameterFormatOf,
  requiredParameters,
  TEMPLATE_CATEGORIES,
  TEMPLATE_STATUSES,
  type RequiredParameters,
} from '@parley/domain';

/** A row of `templates`. */
export interface TemplateRow {
  id: string;
  accountId: string;
  metaId: string;
  name: string;
  language: string;
  category: string;
  status: string;
  parameterFormat: string;
  components: unknown;
  quality: string;
  rejectedReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What the header of a template takes. */
export class RequiredHeaderView {
  @ApiProperty({ enum: ['none', 'text', 'image', 'video', 'document', 'location'] })
  kind!: RequiredParameters['header']['kind'];

  @ApiProperty({ type: [String], example: [], description: 'Names of its variables.' })
  names!: string[];
}

/** What a button of a template takes. */
export class RequiredButtonView {
  @ApiProperty({ example: 0, description: 'Its place among all buttons, from 0.' })
  index!: number;

  @ApiProperty({ enum: ['url', 'quick_reply', 'copy_code', 'flow'] })
  kind!: RequiredParameters['buttons'][number]['kind'];

  @ApiProperty()
  required!: boolean;
}

/** What a send of a template must give. */
export class RequiredParametersView {
  @ApiProperty({ type: RequiredHeaderView })
  header!: RequiredHeaderView;

  @ApiProperty({ type: [String], example: ['1', '2'], description: 'Variables of the body: 1, 2, … or names.' })
  body!: string[];

  @ApiProperty({ type: [RequiredButtonView] })
  buttons!: RequiredButtonView[];

  @ApiProperty({ type: [String], example: [], description: 'Components that Parley cannot fill; not empty: it cannot be sent.' })
  unsupported!: string[];
}

/** A message template in one language. */
export class TemplateView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'The account that has it; every number of the account can send it.' })
  accountId!: string;

  @ApiProperty({ example: '1689556908129832', description: "Meta's id." })
  metaId!: string;

  @ApiProperty({ example: 'order_confirmation' })
  name!: string;

  @ApiProperty({ example: 'en_US' })
  language!: string;

  @ApiProperty({ enum: TEMPLATE_CATEGORIES })
  category!: string;

  @ApiProperty({ enum: TEMPLATE_STATUSES, description: 'Only APPROVED is sent.' })
  status!: string;

  @ApiProperty({ enum: PARAMETER_FORMATS })
  parameterFormat!: string;

  @ApiProperty({ example: 'GREEN' })
  quality!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was rejected; REMOVED: Meta lists it no longer.' })
  rejectedReason!: string | null;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, description: "As Meta's API writes them." })
  components!: unknown[];

  @ApiProperty({ type: RequiredParametersView })
  requiredParameters!: RequiredParametersView;

  @ApiProperty({ format: 'date-time' })
  createdAt!: Date;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: Date;
}

/** What a tenant sees of a template. */
export function templateView(row: TemplateRow): TemplateView {
  const { id, accountId, metaId, name, language, category, status, parameterFormat, quality, rejectedReason, createdAt, updatedAt } = row;
  const components: unknown[] = Array.isArray(row.components) ? row.components : [];
  return {
    id,
    accountId,
    metaId,
    name,
    language,
    category,
    status,
    parameterFormat,
    quality,
    rejectedReason,
    components,
    requiredParameters: requiredParameters(components, parameterFormatOf(parameterFormat)),
    createdAt,
    updatedAt,
  };
}
