import { ApiProperty } from '@nestjs/swagger';
import { previewTemplate, TEMPLATE_CATEGORIES } from '@parley/domain';
import { definitionOf, RequiredParametersView, type TemplateView } from '../templates/template.view.js';

/** A template by which a conversation can be taken up again. */
export class SuggestedTemplateView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'we_are_back' })
  name!: string;

  @ApiProperty({ example: 'ro' })
  language!: string;

  @ApiProperty({ enum: TEMPLATE_CATEGORIES })
  category!: string;

  @ApiProperty({ example: 'Bună, {{1}}! Mai putem ajuta cu ceva?', description: 'Its body, with the variables as they are written.' })
  body!: string;

  @ApiProperty({ type: RequiredParametersView })
  requiredParameters!: RequiredParametersView;
}

/** How a conversation can be answered now. */
export class ReplyOptionsView {
  @ApiProperty({ description: 'true: with anything; false: with an approved template only.' })
  windowOpen!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When that ends, or ended; null: the customer has not written.' })
  windowClosesAt!: Date | null;

  @ApiProperty({ type: [SuggestedTemplateView], description: 'Approved templates of the number, best first: in the language of the contact, about business rather than advertising, with little to fill in. Whether the contact has agreed to them is checked when one is sent.' })
  templates!: SuggestedTemplateView[];
}

export function suggestedTemplateView(template: TemplateView): SuggestedTemplateView {
  const { id, name, language, category, requiredParameters } = template;
  return { id, name, language, category, body: previewTemplate(definitionOf(template), {}).body, requiredParameters };
}
