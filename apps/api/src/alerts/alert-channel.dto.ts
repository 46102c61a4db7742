import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ALERT_KINDS, ALERT_SEVERITIES, type AlertKind, type AlertSeverity } from '@parley/domain';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsEmail, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';

/** What a tenant may make; the log is the operator's. */
export const CHANNEL_TYPES = ['email', 'slack'] as const;

const MAX_URL_LENGTH = 2_048;

/** Only what is named changes. */
export class ChangeAlertChannelBody {
  @ApiPropertyOptional({ description: 'For people.', minLength: 1, maxLength: 100, examples: ['Kitchen'] })
  @Optional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional({ description: 'Who is written to; for the type email.', type: [String], minItems: 1, maxItems: 10, examples: [['chef@example.com']] })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsEmail({}, { each: true })
  recipients?: string[];

  @ApiPropertyOptional({
    description: 'The address of the incoming webhook; for the type slack. It is a secret, and never read back.',
    writeOnly: true,
    maxLength: MAX_URL_LENGTH,
    examples: ['https://hooks.slack.com/services/T000/B000/XXXX'],
  })
  @Optional()
  @IsString()
  @MaxLength(MAX_URL_LENGTH)
  url?: string;

  @ApiPropertyOptional({ description: 'The least severity that is told.', enum: ALERT_SEVERITIES, examples: ['warning'] })
  @Optional()
  @IsIn(ALERT_SEVERITIES)
  minSeverity?: AlertSeverity;

  @ApiPropertyOptional({ description: 'The kinds that are told; none named: all of them.', enum: ALERT_KINDS, isArray: true, examples: [['number_paused', 'credential_invalid']] })
  @Optional()
  @IsArray()
  @ArrayUnique()
  @IsIn(ALERT_KINDS, { each: true })
  kinds?: AlertKind[];

  @ApiPropertyOptional({ description: 'false: nothing is told for now.', examples: [true] })
  @Optional()
  @IsBoolean()
  enabled?: boolean;
}

export class AddAlertChannelBody extends ChangeAlertChannelBody {
  @ApiProperty({ enum: CHANNEL_TYPES, examples: ['slack'] })
  @IsIn(CHANNEL_TYPES)
  type!: (typeof CHANNEL_TYPES)[number];

  @ApiProperty({ description: 'For people.', minLength: 1, maxLength: 100, examples: ['Kitchen'] })
  @IsString()
  @Length(1, 100)
  declare name: string;
}
