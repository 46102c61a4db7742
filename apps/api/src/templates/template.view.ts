import { ApiProperty } from '@nestjs/swagger';
import {
  isJsonObject,
  PARAMETER_FORMATS,
  parameterFormatOf,
  requiredParameters,
  TEMPLATE_CATEGORIES,
  TEMPLATE_STATUSES,
  templateCategoryOf,
  templateStatusOf,
  type ParameterFormat,
  type RequiredParameters,
  type TemplateDefinition,
} from '@parley/domain';

/** A row of `templates`. */
export interface TemplateRow {
  id: string;
  accountId: string;
  metaId: string | null;
  name: string;
  language: string;
  category: string;
  status: string;
  parameterFormat: string;
  components: unknown;
  quality: string;
  rejectedReason: string | null;
  version: number;
  previousCategory: string | null;
  correctCategory: string | null;
  ttlSeconds: number | null;
  submittedAt: Date | null;
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

/** What one card of a carousel takes. */
export class RequiredCardView {
  @ApiProperty({ type: RequiredHeaderView })
  header!: RequiredHeaderView;

  @ApiProperty({ type: [String], example: ['1', '2'], description: 'Variables of the body: 1, 2, … or names.' })
  body!: string[];

  @ApiProperty({ type: [RequiredButtonView] })
  buttons!: RequiredButtonView[];
}

/** What a send of a template must give. */
export class RequiredParametersView extends RequiredCardView {
  @ApiProperty({ type: [RequiredCardView], description: 'One for each card of a carousel.' })
  cards!: RequiredCardView[];

  @ApiProperty({ type: [String], example: [], description: 'Components that Parley cannot fill; not empty: it cannot be sent.' })
  unsupported!: string[];
}

/** A message template in one language. */
export class TemplateView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'The account that has it; every number of the account can send it.' })
  accountId!: string;

  @ApiProperty({ type: String, nullable: true, example: '1689556908129832', description: "Meta's id; null for a draft." })
  metaId!: string | null;

  @ApiProperty({ example: 'order_confirmation' })
  name!: string;

  @ApiProperty({ example: 'en_US' })
  language!: string;

  @ApiProperty({ enum: TEMPLATE_CATEGORIES })
  category!: string;

  @ApiProperty({ enum: TEMPLATE_STATUSES, description: 'Only APPROVED is sent.' })
  status!: string;

  @ApiProperty({ enum: PARAMETER_FORMATS })
  parameterFormat!: ParameterFormat;

  @ApiProperty({ example: 'GREEN' })
  quality!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was rejected; REMOVED: Meta lists it no longer.' })
  rejectedReason!: string | null;

  @ApiProperty({ example: 2, description: 'Grows with every change of category or components.' })
  version!: number;

  @ApiProperty({ type: String, nullable: true, description: 'The category before Meta, or an edit, changed it.' })
  previousCategory!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The category to which Meta is going to change it.' })
  correctCategory!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'How long Meta may try to deliver a message; null: its default.' })
  ttlSeconds!: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  submittedAt!: string | null;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, description: "As Meta's API writes them. Samples of media headers are those of a draft; Meta shows none." })
  components!: unknown[];

  @ApiProperty({ type: RequiredParametersView })
  requiredParameters!: RequiredParametersView;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

/** A name with its languages. */
export class TemplateGroupView {
  @ApiProperty({ example: 'order_confirmation' })
  name!: string;

  @ApiProperty({ type: [TemplateView], description: 'By account and language.' })
  languages!: TemplateView[];
}

/** What a tenant sees of a template. Plain JSON: it lies in a cache. */
export function templateView(row: TemplateRow): TemplateView {
  const { id, accountId, metaId, name, language, category, status, quality, rejectedReason } = row;
  const { version, previousCategory, correctCategory, ttlSeconds } = row;
  const components: unknown[] = Array.isArray(row.components) ? row.components : [];
  const parameterFormat = parameterFormatOf(row.parameterFormat);
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
    version,
    previousCategory,
    correctCategory,
    ttlSeconds,
    submittedAt: row.submittedAt?.toISOString() ?? null,
    components,
    requiredParameters: requiredViewOf(components, parameterFormat),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** The definition that parameters are checked against and rendered by. */
export function definitionOf({ id, name, language, status, category, parameterFormat, components }: TemplateView): TemplateDefinition {
  return {
    id,
    name,
    language,
    status: templateStatusOf(status),
    category: templateCategoryOf(category),
    parameterFormat,
    components: components.filter(isJsonObject),
  };
}

function requiredViewOf(components: readonly unknown[], format: ParameterFormat): RequiredParametersView {
  const { header, body, buttons, cards, unsupported } = requiredParameters(components, format);
  return {
    header,
    body,
    buttons,
    cards: cards.map((card) => {
      const required = requiredParameters(card, format);
      return { header: required.header, body: required.body, buttons: required.buttons };
    }),
    unsupported,
  };
}
