import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, Matches, ValidateIf, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';
import { GRAPH_ID, GRAPH_ID_MESSAGE, TOKEN, TOKEN_MESSAGE } from '../numbers/number.dto.js';
import { VerificationDto } from '../numbers/registration.dto.js';
import { METHODS, type Method } from './onboarding.js';

const CODE = /^[\x21-\x7e]{1,2048}$/;
const CODE_MESSAGE = 'a code of the embedded signup is 1 to 2048 printable ASCII characters without blanks';
const PIN = /^\d{6}$/;
const PIN_MESSAGE = 'a PIN has six digits';

const isByToken = ({ method }: StartOnboardingDto): boolean => method === 'token';
const isByCode = ({ method }: StartOnboardingDto): boolean => method === 'code';

/** A number to bring in: by an access token and Meta's ids, or by the code of an embedded signup. */
export class StartOnboardingDto {
  @ApiProperty({ enum: METHODS, example: 'token', description: 'token: with accessToken and graphNumberId; code: with code.' })
  @IsIn(METHODS)
  method!: Method;

  @ApiProperty({ example: '104996122399160', description: "Meta's id of the WhatsApp Business account." })
  @Matches(GRAPH_ID, { message: GRAPH_ID_MESSAGE })
  wabaId!: string;

  @ApiPropertyOptional({
    example: '106540352242922',
    description: "Meta's id of the phone number. With a code it may be left out where the account has one number.",
  })
  @ValidateIf((dto: StartOnboardingDto) => isByToken(dto) || dto.graphNumberId !== undefined)
  @Matches(GRAPH_ID, { message: GRAPH_ID_MESSAGE })
  graphNumberId?: string;

  @ApiPropertyOptional({ writeOnly: true, example: 'EAAJB…', description: 'For method token: the token of a system user.' })
  @ValidateIf((dto: StartOnboardingDto) => isByToken(dto) || dto.accessToken !== undefined)
  @Matches(TOKEN, { message: TOKEN_MESSAGE })
  accessToken?: string;

  @ApiPropertyOptional({ writeOnly: true, example: 'AQBhlXsctMxJYbwbrpybxlo9', description: 'For method code: what the signup returned, within seconds.' })
  @ValidateIf((dto: StartOnboardingDto) => isByCode(dto) || dto.code !== undefined)
  @Matches(CODE, { message: CODE_MESSAGE })
  code?: string;

  @ApiPropertyOptional({ example: '1298…', description: "For method code: the id of your own Meta app. Without it the platform's app is meant." })
  @Optional()
  @Matches(GRAPH_ID, { message: GRAPH_ID_MESSAGE })
  appId?: string;

  @ApiPropertyOptional({ writeOnly: true, example: '408213', description: 'The PIN of two-step verification that the number has or shall have.' })
  @Optional()
  @Matches(PIN, { message: PIN_MESSAGE })
  pin?: string;

  @ApiPropertyOptional({ type: VerificationDto, description: 'Where a code is needed. Default: SMS, en_US.' })
  @Optional()
  @ValidateNested()
  @Type(() => VerificationDto)
  verification?: VerificationDto;
}

/** What an onboarding waits for, or what shall be different this time. */
export class ResumeOnboardingDto {
  @ApiPropertyOptional({ example: '123-830', description: 'The code that came to the number by text message or call.' })
  @Optional()
  @Matches(/^\d{3}-?\d{3}$/, { message: 'a verification code has six digits' })
  verificationCode?: string;

  @ApiPropertyOptional({ writeOnly: true, example: '408213', description: 'The PIN of two-step verification.' })
  @Optional()
  @Matches(PIN, { message: PIN_MESSAGE })
  pin?: string;

  @ApiPropertyOptional({ writeOnly: true, example: 'EAAJB…', description: 'Another access token; the steps that rest on it are done again.' })
  @Optional()
  @Matches(TOKEN, { message: TOKEN_MESSAGE })
  accessToken?: string;

  @ApiPropertyOptional({ writeOnly: true, example: 'AQBhlXsctMxJYbwbrpybxlo9', description: 'Another code of the embedded signup.' })
  @Optional()
  @Matches(CODE, { message: CODE_MESSAGE })
  code?: string;

  @ApiPropertyOptional({ example: '106540352242922', description: 'Which number of the account is meant.' })
  @Optional()
  @Matches(GRAPH_ID, { message: GRAPH_ID_MESSAGE })
  graphNumberId?: string;

  @ApiPropertyOptional({ type: VerificationDto, description: 'Asks for another verification code, in this way.' })
  @Optional()
  @ValidateNested()
  @Type(() => VerificationDto)
  verification?: VerificationDto;
}
