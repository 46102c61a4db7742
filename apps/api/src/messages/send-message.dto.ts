import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, IsString, IsUUID, Length, MaxLength, ValidateNested } from 'class-validator';
import { DomainError, type MessageDraft, type TemplateParameters } from '@parley/domain';

const OWN_ID_LENGTH = 128;

export class TextDto {
  @ApiProperty({ example: 'Your table is ready.', maxLength: 4096 })
  @IsString()
  body!: string;

  @ApiPropertyOptional({ description: 'Show a preview of the first link.', default: false })
  @IsOptional()
  @IsBoolean()
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
    description: 'Values of the variables: header, body and buttons. Lists for {{1}}, {{2}}; objects for named variables.',
    example: { body: ['Ana', '860198'] },
  })
  @IsOptional()
  @IsObject()
  parameters?: TemplateParameters;
}

/** One message to one person. Exactly one of text and template is given. */
export class SendMessageDto {
  @ApiProperty({ format: 'uuid', description: 'The number that sends.' })
  @IsUUID()
  numberId!: string;

  @ApiProperty({ example: '+40723000111', description: 'The recipient in E.164.' })
  @IsString()
  @MaxLength(64)
  to!: string;

  @ApiPropertyOptional({ type: TextDto, description: 'Free text; only within 24 hours of the customer writing.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => TextDto)
  text?: TextDto;

  @ApiPropertyOptional({ type: TemplateDto, description: 'An approved template.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => TemplateDto)
  template?: TemplateDto;

  @ApiPropertyOptional({ description: "Meta's id of the message that this one answers.", example: 'wamid.HBgL…' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  replyTo?: string;

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

/** What libs/messaging is asked to accept. @throws request.invalid unless exactly one content is given. */
export function draftOf(dto: SendMessageDto): MessageDraft {
  const { numberId, to, customerId, orderId, quoteId, userId } = dto;
  const common = { numberId, to, sender: 'app' as const, customerId, orderId, quoteId, userId };
  if (dto.text && !dto.template) return { ...common, kind: 'text', content: dto.text };
  if (dto.template && !dto.text) return { ...common, kind: 'template', content: dto.template };
  const detail = dto.text ? 'Give either text or template, not both.' : 'Give text or template.';
  throw new DomainError('request.invalid', detail, { errors: [{ pointer: '', code: 'content.not-one', detail }] });
}
