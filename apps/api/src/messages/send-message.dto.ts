import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsObject, IsOptional, IsString, IsUUID, Length, MaxLength, ValidateNested } from 'class-validator';
import { LEAST_VALID_SECONDS, LONGEST_AHEAD_SECONDS, WAMID_LIMIT } from '@parley/domain';
import {
  AudioDto,
  ContactCardDto,
  DocumentDto,
  ImageDto,
  InteractiveDto,
  LocationDto,
  ReactionDto,
  StickerDto,
  TemplateDto,
  TextDto,
  VideoDto,
} from './message-content.dto.js';

const OWN_ID_LENGTH = 128;
const INSTANT_LENGTH = 64;
const IN_WINDOW = 'Only within 24 hours of the customer writing.';

/** One message to one person. Exactly one of to and contactId is given, and exactly one content. */
export class SendMessageDto {
  @ApiProperty({ format: 'uuid', description: 'The number that sends.' })
  @IsUUID()
  numberId!: string;

  @ApiPropertyOptional({ example: '+40723000111', description: 'The recipient in E.164.' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  to?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The recipient as a contact of yours: its phone number, else its WhatsApp user id.',
  })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ type: TextDto, description: `Free text. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  text?: TextDto;

  @ApiPropertyOptional({ type: TemplateDto, description: 'An approved template.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => TemplateDto)
  template?: TemplateDto;

  @ApiPropertyOptional({ type: ImageDto, description: `JPEG or PNG, 5 MB. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  image?: ImageDto;

  @ApiPropertyOptional({ type: VideoDto, description: `MP4 or 3GPP, 16 MB. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  video?: VideoDto;

  @ApiPropertyOptional({ type: AudioDto, description: `AAC, AMR, MP3, M4A or Ogg with Opus, 16 MB. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  audio?: AudioDto;

  @ApiPropertyOptional({ type: DocumentDto, description: `PDF, text or an Office file, 100 MB. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  document?: DocumentDto;

  @ApiPropertyOptional({ type: StickerDto, description: `WebP, 512 x 512. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  sticker?: StickerDto;

  @ApiPropertyOptional({ type: LocationDto, description: IN_WINDOW })
  @IsOptional()
  @IsObject()
  location?: LocationDto;

  @ApiPropertyOptional({ type: [ContactCardDto], description: `1 to 257 cards. ${IN_WINDOW}` })
  @IsOptional()
  @IsArray()
  contacts?: ContactCardDto[];

  @ApiPropertyOptional({ type: ReactionDto, description: `An emoji on a message of the last 30 days. ${IN_WINDOW}` })
  @IsOptional()
  @IsObject()
  reaction?: ReactionDto;

  @ApiPropertyOptional({ type: InteractiveDto, description: IN_WINDOW })
  @IsOptional()
  @IsObject()
  interactive?: InteractiveDto;

  @ApiPropertyOptional({ description: "Meta's id of the message that this one answers; not with a reaction.", example: 'wamid.HBgL…' })
  @IsOptional()
  @IsString()
  @Length(1, WAMID_LIMIT)
  replyTo?: string;

  @ApiPropertyOptional({
    example: '2030-01-01T09:00:00Z',
    description: 'When it is to leave, at most 30 days ahead; or "best": within a day, in the hour in which this person reads and answers most. Checked again when it leaves.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(INSTANT_LENGTH)
  sendAt?: string;

  @ApiPropertyOptional({ format: 'date-time', example: '2030-01-02T09:00:00Z', description: 'It leaves before this, or becomes EXPIRED. What a hold or a quota takes from it is given back, but not to authentication.' })
  @IsOptional()
  @IsString()
  @MaxLength(INSTANT_LENGTH)
  validUntil?: string;

  @ApiPropertyOptional({ minimum: LEAST_VALID_SECONDS, maximum: LONGEST_AHEAD_SECONDS, example: 3_600, description: 'The same, counted from when it is to leave. Authentication: at most 600.' })
  @IsOptional()
  @IsInt()
  validForSeconds?: number;

  @ApiPropertyOptional({ description: 'Your own id of the customer.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  customerId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the order.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  orderId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the quote.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  quoteId?: string;

  @ApiPropertyOptional({ description: 'Your own id of the user who sends it.' })
  @IsOptional()
  @IsString()
  @Length(1, OWN_ID_LENGTH)
  userId?: string;
}
