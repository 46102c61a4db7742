import { IsBoolean, IsIn, IsNotEmpty, IsObject, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { JsonObject } from '../../json.js';
import { INBOUND_TYPES, type InboundType } from '../inbound-content.js';

const PHONE_NUMBER_ID = /^\d{1,20}$/;

/** PUT /control/customers/:phone */
export class CustomerDto {
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  readonly profileName?: string;

  /** What WhatsApp calls this person, where it is not the phone's digits. */
  @IsOptional()
  @Matches(/^\d{5,15}$/)
  readonly waId?: string;

  /** Business-scoped user id. */
  @IsOptional()
  @Matches(/^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$/)
  readonly userId?: string;

  /** Leaves phone and wa_id out of webhooks. */
  @IsOptional()
  @IsBoolean()
  readonly withoutPhone?: boolean;
}

/** POST /control/customers/:phone/messages */
export class InboundMessageDto extends CustomerDto {
  @Matches(PHONE_NUMBER_ID)
  readonly phoneNumberId!: string;

  @IsIn(INBOUND_TYPES)
  readonly type: InboundType = 'text';

  /** Body of a text, caption of media, title of a pressed button. */
  @IsOptional()
  @IsString()
  @MaxLength(65_536)
  readonly text?: string;

  /** Laid over what the simulator makes up for the type. */
  @IsOptional()
  @IsObject()
  readonly content?: JsonObject;

  /** The message that is answered. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  readonly contextMessageId?: string;
}

/** POST /control/customers/:phone/read */
export class ReadDto {
  @Matches(PHONE_NUMBER_ID)
  readonly phoneNumberId!: string;

  /** One message; left out: all that the customer has not read. */
  @IsOptional()
  @IsString()
  readonly wamid?: string;
}

/** POST /control/customers/:phone/close-window */
export class CloseWindowDto {
  @Matches(PHONE_NUMBER_ID)
  readonly phoneNumberId!: string;
}
