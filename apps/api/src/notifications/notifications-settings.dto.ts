import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { JsonObject, NotificationMapping, NotificationsSettings } from '@parley/domain';
import { IsObject, IsString, IsUUID, Length, ValidateIf } from 'class-validator';

/** How one kind of event becomes a message. For the documentation: what is right here is checked with the whole section. */
export class NotificationMappingBody implements NotificationMapping {
  @ApiPropertyOptional({ example: true, description: 'false: events of this kind are taken, and nothing is sent.' })
  enabled?: boolean;

  @ApiProperty({ example: 'comanda_confirmata' })
  template!: string;

  @ApiProperty({ type: [String], example: ['ro', 'en'], description: 'In which the template exists. The first is sent where nothing else decides.' })
  languages!: string[];

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'The number that sends, if not that of the section.' })
  numberId?: string | null;

  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    description: 'As in POST /v1/messages; each text is an expression in Liquid.',
    example: { body: ['{{ customer.firstName | default: "oaspete" }}', '{{ order.id }}', '{{ order.itemCount | plural: "produs", "produse" }}', '{{ order.total | money: order.currency }}'] },
  })
  parameters?: JsonObject;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'order.total > 0', description: 'Sent only where this holds.' })
  condition?: string | null;

  @ApiPropertyOptional({ type: Number, nullable: true, example: 3_600, description: 'It leaves within so many seconds, or not at all.' })
  validForSeconds?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: '{{ order.expectedAt }}', description: 'The same as an expression that gives a time.' })
  validUntil?: string | null;

  @ApiPropertyOptional({ type: [String], example: ['/points/total'], description: 'What the data of a kind of your own must hold.' })
  requires?: string[];
}

/** What becomes of the events of your business. */
@ApiExtraModels(NotificationMappingBody)
export class NotificationsBody implements NotificationsSettings {
  @ApiProperty({ example: 'ro', description: 'For recipients whose language is not known.' })
  @IsString()
  @Length(2, 16)
  defaultLanguage!: string;

  @ApiProperty({ example: 'RON', description: 'ISO 4217, for amounts that bring none.' })
  @IsString()
  @Length(3, 3)
  currency!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The number that sends; null: the only one that you have.' })
  @ValidateIf(({ numberId }: NotificationsBody) => numberId !== null)
  @IsUUID()
  numberId!: string | null;

  @ApiProperty({
    type: Object,
    additionalProperties: { $ref: getSchemaPath(NotificationMappingBody) },
    description: 'By the kind of event: one of GET /v1/notifications/types, or one of your own such as loyalty.points_expiring.',
    example: { 'order.confirmed': { template: 'comanda_confirmata', languages: ['ro'], parameters: { body: ['{{ customer.firstName }}'] } } },
  })
  @IsObject()
  types!: Record<string, NotificationMapping>;
}
