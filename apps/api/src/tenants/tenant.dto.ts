import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ModuleChoice } from '@parley/data';
import { isTimeZone, UNKNOWN_POLICIES, type OnUnknown, type UnknownPolicy } from '@parley/domain';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsString, Length, Max, Min, Validate, ValidateNested, ValidatorConstraint } from 'class-validator';
import { Optional } from '../http/optional.js';

const NAME = { minLength: 1, maxLength: 100, examples: ['Trattoria Roma'] };
const ECHO = { description: 'Whether customers get an automatic echo of what they write.', examples: [true] };

const POLICY = { enum: UNKNOWN_POLICIES, examples: ['resend'] };

/** What follows when WhatsApp never said what became of a message, by what the message is for. */
export class OnUnknownBody implements OnUnknown {
  @ApiProperty({ ...POLICY, examples: ['park'], description: 'For every purpose that is not named.' })
  @IsIn(UNKNOWN_POLICIES)
  default!: UnknownPolicy;

  @ApiPropertyOptional(POLICY)
  @Optional()
  @IsIn(UNKNOWN_POLICIES)
  authentication?: UnknownPolicy;

  @ApiPropertyOptional({ ...POLICY, description: 'Free text and media that answer a customer.' })
  @Optional()
  @IsIn(UNKNOWN_POLICIES)
  service?: UnknownPolicy;

  @ApiPropertyOptional(POLICY)
  @Optional()
  @IsIn(UNKNOWN_POLICIES)
  utility?: UnknownPolicy;

  @ApiPropertyOptional(POLICY)
  @Optional()
  @IsIn(UNKNOWN_POLICIES)
  marketing?: UnknownPolicy;
}

const ON_UNKNOWN = {
  type: OnUnknownBody,
  description:
    'park: the message becomes a dead letter with the reason uncertain, and a late status still corrects it. resend: it is sent once more, and the customer may get it twice.',
};

const TIME_ZONE = {
  description: 'The clock of campaigns by local time, for people of whom nothing nearer is known.',
  examples: ['Europe/Bucharest'],
};

@ValidatorConstraint({ name: 'isTimeZone' })
class IsKnownTimeZone {
  validate(value: unknown): boolean {
    return typeof value === 'string' && isTimeZone(value);
  }

  defaultMessage(): string {
    return 'timeZone must be the name of a time zone such as Europe/Bucharest';
  }
}

const AUTO_REDRIVE = {
  description:
    'Whether dead letters go out again by themselves once their cause is over (WhatsApp answers again, the template is approved, the token renewed): each once for a cause, while it is still valid, never one-time passwords.',
  examples: [false],
};

const MODULE_CHOICES = ['on', 'off'] as const;

const MODULE_CHOICE = {
  type: String,
  enum: [...MODULE_CHOICES, null],
  nullable: true,
  description: 'on or off: set for this organisation by name. null: as the platform has it (ENABLE_WHATSAPP_MODULE and its share).',
  examples: ['on'],
};

/** What operators change of an organisation. */
export class ChangeTenantBody {
  @ApiProperty(MODULE_CHOICE)
  @IsIn([...MODULE_CHOICES, null])
  moduleChoice!: ModuleChoice;
}

export class CreateTenantBody {
  @ApiProperty(NAME)
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiPropertyOptional(ECHO)
  @Optional()
  @IsBoolean()
  echoEnabled?: boolean;
}

export class UpdateTenantBody {
  @ApiPropertyOptional(NAME)
  @Optional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional(ECHO)
  @Optional()
  @IsBoolean()
  echoEnabled?: boolean;

  @ApiPropertyOptional(TIME_ZONE)
  @Optional()
  @Validate(IsKnownTimeZone)
  timeZone?: string;

  @ApiPropertyOptional(ON_UNKNOWN)
  @Optional()
  @ValidateNested()
  @Type(() => OnUnknownBody)
  onUnknown?: OnUnknownBody;

  @ApiPropertyOptional(AUTO_REDRIVE)
  @Optional()
  @IsBoolean()
  autoRedrive?: boolean;
}

/** A tenant's share of the workers when many want them at once, relative to the others. */
export class TenantWeight {
  @ApiProperty({ minimum: 1, maximum: 100, examples: [1], description: 'Of workers that many want at once, relative to the others; 1 is usual.' })
  @IsInt()
  @Min(1)
  @Max(100)
  weight!: number;
}

export class TenantView {
  @ApiProperty({ format: 'uuid', examples: ['0199a1b2-0000-7000-8000-000000000004'] })
  id!: string;

  @ApiProperty({ examples: ['Trattoria Roma'] })
  name!: string;

  @ApiProperty({ enum: ['ACTIVE', 'SUSPENDED'], examples: ['ACTIVE'] })
  state!: string;

  @ApiProperty({ description: 'Whether messages are sent at all.', examples: [true] })
  whatsappEnabled!: boolean;

  @ApiProperty(MODULE_CHOICE)
  moduleChoice!: ModuleChoice;

  @ApiProperty(ECHO)
  echoEnabled!: boolean;

  @ApiProperty(TIME_ZONE)
  timeZone!: string;

  @ApiProperty(ON_UNKNOWN)
  onUnknown!: OnUnknownBody;

  @ApiProperty(AUTO_REDRIVE)
  autoRedrive!: boolean;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', examples: ['2026-11-21T09:00:00.000Z'] })
  updatedAt!: string;
}

export class CreatedTenantView extends TenantView {
  @ApiProperty({
    description: 'A key with every scope of the organisation. It is shown this once.',
    examples: ['parley_live_4fK9mQ2xTb7Z_(32 characters of secret, 6 of checksum)'],
  })
  apiKey!: string;
}

type TenantColumns = Omit<TenantView, 'createdAt' | 'updatedAt' | 'onUnknown' | 'moduleChoice'> & {
  readonly onUnknown: unknown;
  readonly moduleChoice: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

export function tenantView({
  id,
  name,
  state,
  whatsappEnabled,
  moduleChoice,
  echoEnabled,
  timeZone,
  onUnknown,
  autoRedrive,
  createdAt,
  updatedAt,
}: TenantColumns): TenantView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  const module = { whatsappEnabled, moduleChoice: moduleChoice as ModuleChoice };
  return { id, name, state, ...module, echoEnabled, timeZone, onUnknown: onUnknown as OnUnknown, autoRedrive, ...times };
}
