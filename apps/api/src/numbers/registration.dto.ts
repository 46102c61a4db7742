import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { Optional } from '../http/optional.js';

export const VERIFICATION_METHODS = ['SMS', 'VOICE'] as const;
const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2})?$/;
const PIN = /^\d{6}$/;
/** Meta writes it with a hyphen in some messages. */
const CODE = /^\d{3}-?\d{3}$/;

/** How Meta sends the code that proves who owns the number. */
export class VerificationDto {
  @ApiProperty({ enum: VERIFICATION_METHODS, example: 'SMS', description: 'A text message, or a call that speaks the code.' })
  @IsIn(VERIFICATION_METHODS)
  method!: (typeof VERIFICATION_METHODS)[number];

  @ApiProperty({ example: 'ro_RO', description: 'In which language.' })
  @Matches(LANGUAGE, { message: 'a language is written as en or en_US' })
  language!: string;
}

/** The code that came by text message or call. */
export class VerificationCodeDto {
  @ApiProperty({ example: '123-830', description: 'Six digits, with or without the hyphen.' })
  @Matches(CODE, { message: 'a verification code has six digits' })
  code!: string;
}

/** The PIN of two-step verification. */
export class PinDto {
  @ApiProperty({ writeOnly: true, example: '408213', description: 'Six digits. Keep it: the number cannot be moved without it.' })
  @Matches(PIN, { message: 'a PIN has six digits' })
  pin!: string;
}

/** What a registration may bring along. */
export class RegisterDto {
  @ApiPropertyOptional({
    writeOnly: true,
    example: '408213',
    description: 'The PIN that the number has or shall have. Without it the PIN known here is used, or one is made.',
  })
  @Optional()
  @Matches(PIN, { message: 'a PIN has six digits' })
  pin?: string;
}

/** The PIN that is kept here for a number. */
export class PinView {
  @ApiProperty({ type: String, nullable: true, example: '408213', description: 'null: none was given or made here.' })
  pin!: string | null;
}
