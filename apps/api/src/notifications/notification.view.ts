import { ApiProperty } from '@nestjs/swagger';
import { dataSchema, type FieldError, type JsonObject, type NotificationMapping, type NotificationType } from '@parley/domain';
import type { NotificationPreview } from '@parley/messaging';
import type { Problem } from '@parley/platform';
import { FieldProblemView, ProblemView } from '../docs/problem.dto.js';
import { TemplatePreviewView } from '../templates/template-preview.view.js';

const SKIPS = ['switched-off', 'condition'] as const;

/** The event was taken, and by your own settings nothing is sent for it. */
export class NotificationSkippedView {
  @ApiProperty({ enum: [false] })
  sent!: false;

  @ApiProperty({ enum: SKIPS, description: 'switched-off: the mapping has enabled: false. condition: its condition does not hold.' })
  reason!: (typeof SKIPS)[number];
}

export class NotificationPreviewView {
  @ApiProperty({ enum: SKIPS, nullable: true, description: 'Why nothing would be sent, by your own settings.' })
  skipped!: (typeof SKIPS)[number] | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The number that would send.' })
  numberId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '+40723000111', description: 'A phone number, or the id of a contact.' })
  recipient!: string | null;

  @ApiProperty({ example: 'comanda_confirmata' })
  template!: string;

  @ApiProperty({ type: String, nullable: true, example: 'ro' })
  language!: string | null;

  @ApiProperty({ type: Object, additionalProperties: true, example: { body: ['Ana', 'A-1042', '3 produse', '125,50 lei'] } })
  parameters!: JsonObject;

  @ApiProperty({ type: TemplatePreviewView, nullable: true, description: 'As a phone shows it; null where there is no such template.' })
  preview!: TemplatePreviewView | null;

  @ApiProperty({ type: [FieldProblemView], description: 'What is wrong with the event (/data/…) or with the mapping (/type).' })
  faults!: FieldProblemView[];

  @ApiProperty({ type: ProblemView, nullable: true, description: 'What sending it would be answered where the event itself is right.' })
  problem!: Problem | null;
}

/** A kind of event, and what you made of it. */
export class NotificationTypeView {
  @ApiProperty({ example: 'order.confirmed' })
  type!: string;

  @ApiProperty({ example: 'An order was taken.' })
  about!: string;

  @ApiProperty({ type: Object, additionalProperties: true, description: 'JSON Schema of the data that it takes; members of your own go through.', example: { type: 'object' } })
  data!: JsonObject;

  @ApiProperty({ type: Object, additionalProperties: true, example: { order: { id: 'A-1042', total: 125.5 } } })
  example!: JsonObject;

  @ApiProperty({ type: Object, additionalProperties: true, nullable: true, description: 'Your mapping; null: there is none yet.', example: { template: 'comanda_confirmata', languages: ['ro'] } })
  mapping!: NotificationMapping | null;

  @ApiProperty({ type: [FieldProblemView], description: 'What keeps the mapping from being sent now, such as a template that is not approved.' })
  warnings!: FieldProblemView[];
}

export class NotificationTypesView {
  @ApiProperty({ type: [NotificationTypeView], description: 'Those that everybody has, then your own.' })
  data!: NotificationTypeView[];
}

/** @param problem what acceptance would answer */
export function previewView({ recipient, preview, faults, skipped, numberId, template, language, parameters }: NotificationPreview, problem: Problem | null): NotificationPreviewView {
  const shown = preview && {
    ...preview,
    buttons: [...preview.buttons],
    cards: preview.cards.map((card) => ({ ...card, buttons: [...card.buttons] })),
    errors: [...preview.errors],
  };
  const to = recipient && ('to' in recipient ? recipient.to : recipient.contactId);
  return { skipped, numberId, recipient: to, template, language, parameters, preview: shown, faults: [...faults], problem };
}

export function notificationTypeView(type: NotificationType, mapping: NotificationMapping | null, warnings: readonly FieldError[]): NotificationTypeView {
  const { name, about, data, example } = type;
  return { type: name, about, data: dataSchema(data), example, mapping, warnings: [...warnings] };
}
