import { ApiProperty } from '@nestjs/swagger';
import type { PreviewButton, PreviewPart, TemplatePreview } from '@parley/domain';
import { FieldProblemView } from '../docs/problem.dto.js';

class PreviewHeaderView {
  @ApiProperty({ enum: ['text', 'image', 'video', 'document', 'location'], example: 'text' })
  kind!: NonNullable<PreviewPart['header']>['kind'];

  @ApiProperty({ type: String, nullable: true, example: 'Order 7', description: 'The text, or the name that stands below a file or place.' })
  text!: string | null;
}

class PreviewButtonView implements PreviewButton {
  @ApiProperty({ example: 'URL' })
  type!: string;

  @ApiProperty({ example: 'Track' })
  text!: string;

  @ApiProperty({ type: String, nullable: true, example: 'https://example.com/7', description: 'Where it leads, or what it copies.' })
  value!: string | null;
}

class PreviewPartView implements PreviewPart {
  @ApiProperty({ type: PreviewHeaderView, nullable: true })
  header!: PreviewHeaderView | null;

  @ApiProperty({ example: 'Hello Ana, your table is ready.' })
  body!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Bistro' })
  footer!: string | null;

  @ApiProperty({ type: [PreviewButtonView] })
  buttons!: PreviewButtonView[];
}

/** A template as a phone shows it. */
export class TemplatePreviewView extends PreviewPartView implements TemplatePreview {
  @ApiProperty({ type: [PreviewPartView] })
  cards!: PreviewPartView[];

  @ApiProperty({ type: [FieldProblemView], description: 'What a send with these values would be refused for; such places stay as they are written.' })
  errors!: FieldProblemView[];
}
