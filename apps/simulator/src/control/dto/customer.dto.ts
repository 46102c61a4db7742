import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsNotEmpty, IsObject, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ChatCustomer } from '../../feed/chat.dto.js';
import type { JsonObject } from '../../json.js';
import { INBOUND_TYPES, type InboundType } from '../inbound-content.js';

const PHONE_NUMBER_ID = /^\d{1,20}$/;
const PHONE = /^\+?\d{5,15}$/;

/** PUT /control/customers/:phone */
export class CustomerDto {
  @ApiPropertyOptional({ examples: ['Ana'] })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  readonly profileName?: string;

  @ApiPropertyOptional({ description: 'What WhatsApp calls this person, where that is not as its country wants it.' })
  @IsOptional()
  @Matches(/^\d{5,15}$/)
  readonly waId?: string;

  @ApiPropertyOptional({ description: 'Business-scoped user id.', examples: ['RO.13491208655302741918'] })
  @IsOptional()
  @Matches(/^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$/)
  readonly userId?: string;

  @ApiPropertyOptional({ description: 'Leaves phone and wa_id out of webhooks, as for people with a username.' })
  @IsOptional()
  @IsBoolean()
  readonly withoutPhone?: boolean;
}

/** An act towards a business number. */
export class TowardsNumberDto {
  @ApiProperty({ description: 'The business number.', examples: ['2000000000000001'] })
  @Matches(PHONE_NUMBER_ID)
  readonly phoneNumberId!: string;
}

/** POST /control/customers/:phone/messages */
export class InboundMessageDto extends CustomerDto {
  @ApiProperty({ description: 'The business number.', examples: ['2000000000000001'] })
  @Matches(PHONE_NUMBER_ID)
  readonly phoneNumberId!: string;

  @ApiPropertyOptional({ enum: INBOUND_TYPES, default: 'text' })
  @IsIn(INBOUND_TYPES)
  readonly type: InboundType = 'text';

  @ApiPropertyOptional({
    description: 'Body of a text, caption of media, title of a pressed button.',
    examples: ['Hello'],
  })
  @IsOptional()
  @IsString()
  @MaxLength(65_536)
  readonly text?: string;

  @ApiPropertyOptional({
    type: Object,
    description: 'Laid over what is made up for the type. Media without an `id` of their own carry a sample.',
    examples: [{ type: 'list_reply', list_reply: { id: 'table-2', title: 'Table for two' } }],
  })
  @IsOptional()
  @IsObject()
  readonly content?: JsonObject;

  @ApiPropertyOptional({ description: 'The message that is answered.', examples: ['wamid.HBgL'] })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  readonly contextMessageId?: string;

  @ApiPropertyOptional({ description: 'Whether audio is a voice note.', default: true })
  @IsOptional()
  @IsBoolean()
  readonly voice?: boolean;
}

/** POST /control/customers/:phone/read */
export class ReadDto extends TowardsNumberDto {
  @ApiPropertyOptional({ description: 'One message; left out: all that the customer has not read.' })
  @IsOptional()
  @IsString()
  readonly wamid?: string;
}

/** POST /control/customers/:phone/marketing */
export class MarketingDto extends TowardsNumberDto {
  @ApiProperty({ description: 'True: stops marketing messages; false: resumes them.' })
  @IsBoolean()
  readonly isOptedOut!: boolean;
}

/** POST /control/customers/:phone/change-number */
export class ChangeNumberDto extends TowardsNumberDto {
  @ApiProperty({ examples: ['+40721000002'] })
  @Matches(PHONE)
  readonly newPhone!: string;
}

/** GET /control/customers/:phone/chat */
export class ChatQueryDto {
  @ApiProperty({ description: 'The business number of the chat, by its id.', examples: ['2000000000000001'] })
  @Matches(PHONE_NUMBER_ID)
  readonly number!: string;
}

/** What a customer did. */
export class InboundResult {
  @ApiProperty({ examples: ['wamid.HBgL'] })
  readonly wamid!: string;

  @ApiProperty({ description: 'Unix seconds, as in the webhook.', examples: ['1795251600'] })
  readonly timestamp!: string;

  @ApiProperty({ type: ChatCustomer })
  readonly customer!: ChatCustomer;
}

/** The messages that a customer read. */
export class ReadResult {
  @ApiProperty({ type: [String], examples: [['wamid.HBgL']] })
  readonly read!: string[];
}

/** POST /control/customers/:phone/files, as a form: the file, and these. */
export class FileFormDto extends PartialType(InboundMessageDto) {
  @ApiProperty({ type: 'string', format: 'binary' })
  readonly file?: unknown;
}
