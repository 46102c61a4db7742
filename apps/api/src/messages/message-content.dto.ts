import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  BUTTON_TITLE_LIMIT,
  CAPTION_LIMIT,
  INTERACTIVE_TYPES,
  TEXT_BODY_LIMIT,
  type InteractiveType,
  type JsonObject,
  type TemplateParameters,
} from '@parley/domain';
import { IsObject, IsOptional, IsString, Length } from 'class-validator';

const LINK = 'https://example.com/menu.jpg';

/*
 * How the content of each kind looks, for the documentation. Only the template is validated here: the others are checked
 * against Meta's limits by libs/domain, which points at faults in the same way.
 */

export class TextDto {
  @ApiProperty({ example: 'Your table is ready.', maxLength: TEXT_BODY_LIMIT })
  body!: string;

  @ApiPropertyOptional({ description: 'Show a preview of the first link.', default: false })
  previewUrl?: boolean;
}

export class TemplateDto {
  @ApiProperty({ example: 'order_confirmation' })
  @IsString()
  @Length(1, 512)
  name!: string;

  @ApiProperty({ example: 'en_US' })
  @IsString()
  @Length(2, 16)
  language!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'What the template takes: `header` (texts, or `{image|video|document: {id|link}}`, or `{location}`), `body`, `buttons` ' +
      '(`{index, text|payload|couponCode|flowToken}`), and `cards` of a carousel, each with those three. Texts are a list for ' +
      '{{1}}, {{2}}; an object for named variables.',
    example: { body: ['Ana', '860198'] },
  })
  @IsOptional()
  @IsObject()
  parameters?: TemplateParameters;
}

/** By our id of the media (`POST /v1/media`), or by an https link that Meta fetches. */
export class StickerDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'A media of yours; either this or link.' })
  id?: string;

  @ApiPropertyOptional({ example: LINK, description: 'https; Meta fetches it.' })
  link?: string;
}

export class ImageDto extends StickerDto {
  @ApiPropertyOptional({ example: 'The dish of the day', maxLength: CAPTION_LIMIT })
  caption?: string;
}

export class VideoDto extends ImageDto {}

export class AudioDto extends StickerDto {
  @ApiPropertyOptional({ description: 'As a voice message, which tells when it was played; Ogg with Opus.', default: false })
  voice?: boolean;
}

export class DocumentDto extends ImageDto {
  @ApiPropertyOptional({ example: 'menu.pdf', description: 'The name that the customer sees.' })
  filename?: string;
}

export class LocationDto {
  @ApiProperty({ example: 44.4323, minimum: -90, maximum: 90 })
  latitude!: number;

  @ApiProperty({ example: 26.1008, minimum: -180, maximum: 180 })
  longitude!: number;

  @ApiPropertyOptional({ example: 'Trattoria' })
  name?: string;

  @ApiPropertyOptional({ example: 'Str. Lipscani 1, București' })
  address?: string;
}

/** A card of somebody's; its lists take a `type` each, such as WORK. */
export class ContactCardDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'formattedName, and one or more of firstName, lastName, middleName, prefix, suffix.',
    example: { formattedName: 'Ana Pop', firstName: 'Ana' },
  })
  name!: JsonObject;

  @ApiPropertyOptional({ type: 'array', items: { type: 'object' }, example: [{ phone: '+40723000111', type: 'WORK' }] })
  phones?: JsonObject[];

  @ApiPropertyOptional({ type: 'array', items: { type: 'object' }, example: [{ email: 'ana@example.com', type: 'WORK' }] })
  emails?: JsonObject[];

  @ApiPropertyOptional({ type: 'array', items: { type: 'object' }, example: [{ url: 'https://example.com', type: 'WORK' }] })
  urls?: JsonObject[];

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object' },
    example: [{ street: 'Str. Lipscani 1', city: 'București', zip: '030031', countryCode: 'ro', type: 'WORK' }],
  })
  addresses?: JsonObject[];

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { company: 'Trattoria', title: 'Chef' } })
  org?: JsonObject;

  @ApiPropertyOptional({ example: '1990-05-17' })
  birthday?: string;
}

export class ReactionDto {
  @ApiProperty({ example: 'wamid.HBgL…', description: "Meta's id (wamid) of the message that is reacted to." })
  messageId!: string;

  @ApiProperty({ example: '👍', description: 'One emoji; empty to take the reaction back.' })
  emoji!: string;
}

/** A question with something to tap. */
export class InteractiveDto {
  @ApiProperty({ enum: INTERACTIVE_TYPES })
  type!: InteractiveType;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: '`{type: text, text}`, or a media: `{type: image, image: {id|link}}`. Lists take text only.',
    example: { type: 'text', text: 'Your reservation' },
  })
  header?: JsonObject;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { text: 'Shall we keep the table?' } })
  body!: JsonObject;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { text: 'Trattoria' } })
  footer?: JsonObject;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'By type. button: `buttons`, 1 to 3 of `{reply: {id, title}}`. list: `button` and `sections` of `rows`, at most 10 rows. ' +
      'cta_url: `parameters: {displayText, url}`. flow: `parameters: {flowId|flowName, flowCta, …}`. location_request_message: none. ' +
      `Titles of buttons have at most ${BUTTON_TITLE_LIMIT} characters.`,
    example: { buttons: [{ reply: { id: 'yes', title: 'Yes' } }, { reply: { id: 'no', title: 'No' } }] },
  })
  action?: JsonObject;
}
