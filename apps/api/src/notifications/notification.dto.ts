import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import type { JsonObject } from '@parley/domain';
import type { NotificationRequest } from '@parley/messaging';
import { IsObject, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';

const OWN_ID_LENGTH = 128;
const TYPE_LENGTH = 128;
const EVENT_ID = /^[\x21-\x7e]{1,255}$/;
const LANGUAGE = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})?$/;

/** An event of your business, and whom it is for: one of to, contactId and customerId. */
export class NotificationDto implements NotificationRequest {
  @ApiProperty({ example: 'order.confirmed', description: 'One of GET /v1/notifications/types.' })
  @IsString()
  @Length(1, TYPE_LENGTH)
  type!: string;

  @ApiProperty({ pattern: EVENT_ID.source, example: 'order-A-1042-confirmed', description: 'Your own id of the event. For 72 hours the same one is one message, however often you tell it.' })
  @Matches(EVENT_ID, { message: 'eventId must be 1 to 255 printable ASCII characters without spaces' })
  eventId!: string;

  @ApiPropertyOptional({ example: '+40723000111', description: 'The recipient in E.164.' })
  @Optional()
  @IsString()
  @MaxLength(64)
  to?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The recipient as a contact of yours.' })
  @Optional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ example: 'C-1042', description: 'The recipient by your own id: your system is asked for the phone number (see /v1/settings/lookups).' })
  @Optional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  customerId?: string;

  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    example: { order: { id: 'A-1042', total: 125.5, itemCount: 3 }, customer: { firstName: 'Ana' } },
    description: 'What happened; what each type takes is in GET /v1/notifications/types.',
  })
  @Optional()
  @IsObject()
  data?: JsonObject;

  @ApiPropertyOptional({ example: 'ro', description: 'Of the recipient; without it what is known of them, then your default.' })
  @Optional()
  @Matches(LANGUAGE, { message: 'language must be a language such as ro or en_US' })
  language?: string;

  @ApiPropertyOptional({ example: '2030-01-01T09:00:00Z', description: 'When it is to leave, at most 30 days ahead, or "best".' })
  @Optional()
  @IsString()
  @MaxLength(64)
  sendAt?: string;
}

/** The same to look at: nothing is kept, so no eventId is needed. */
export class NotificationPreviewDto extends OmitType(NotificationDto, ['eventId']) {
  @ApiPropertyOptional({ pattern: EVENT_ID.source, example: 'order-A-1042-confirmed' })
  @Optional()
  @Matches(EVENT_ID, { message: 'eventId must be 1 to 255 printable ASCII characters without spaces' })
  eventId?: string;
}
