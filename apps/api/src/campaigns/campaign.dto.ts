import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { CAMPAIGN_STATES, isLocalTime, RECIPIENT_STATES, type AudienceEntry, type CampaignState, type CampaignTemplate, type RecipientState } from '@parley/domain';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsObject, IsString, IsUUID, Length, Matches, Max, Min, Validate, ValidateNested, ValidatorConstraint } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

export const SCHEDULE_KINDS = ['now', 'at', 'local'] as const;
const DAY_SECONDS = 86_400;
/** Recipients of one call. */
const MOST_LISTED = 10_000;
export const TAG = /^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,62}$/u;
const TAG_HINT = 'a tag is 1 to 63 letters, digits and . : _ - or spaces';

const TEMPLATES: ApiPropertyOptions = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', examples: ['spring_menu'] },
      language: { type: 'string', examples: ['en_US'], description: "Without it, the locale's." },
      parameters: {
        type: 'object',
        additionalProperties: true,
        description: 'As in POST /v1/messages; instead of a text, `{"field": name}` takes the field of the recipient, with `default` for those who lack it.',
      },
    },
  },
  example: { en: { name: 'spring_menu', parameters: { body: [{ field: 'firstName', default: 'friend' }, '20 %'] } }, ro: { name: 'meniu_primavara' } },
  description: 'By locale. A recipient gets the one of its locale, else of its language, else of defaultLocale.',
};

@ValidatorConstraint({ name: 'isLocalTime' })
class IsLocalTime {
  validate(value: unknown): boolean {
    return typeof value === 'string' && isLocalTime(value);
  }

  defaultMessage(): string {
    return 'localTime is a day and time of the calendar, such as 2026-12-01T10:00';
  }
}

export class CampaignScheduleDto {
  @ApiProperty({ enum: SCHEDULE_KINDS, description: "now: once it is started; at: at an instant; local: by each recipient's own clock." })
  @IsIn(SCHEDULE_KINDS)
  kind!: (typeof SCHEDULE_KINDS)[number];

  @ApiPropertyOptional({ format: 'date-time', description: 'With kind at.' })
  @Optional()
  @Matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/, { message: 'at is an instant with its offset, such as 2026-12-01T10:00:00Z' })
  at?: string;

  @ApiPropertyOptional({
    example: '2026-12-01T10:00',
    description: "With kind local. The zone is the recipient's, else that of the phone number's country, else your organisation's. Where the time is over, the message goes at once.",
  })
  @Optional()
  @Validate(IsLocalTime)
  localTime?: string;
}

export class CampaignVariantDto {
  @ApiProperty({ example: 'A' })
  @IsString()
  @Length(1, 40)
  name!: string;

  @ApiProperty({ example: 100, description: 'Of the recipients. All variants together have 100.' })
  @IsInt()
  @Min(1)
  @Max(100)
  percent!: number;

  @ApiProperty({ example: 'en', description: 'One of the locales below: for everybody else.' })
  @IsString()
  @Length(2, 16)
  defaultLocale!: string;

  @ApiProperty(TEMPLATES)
  @IsObject()
  templates!: Record<string, CampaignTemplate>;
}

export class ChangeCampaignDto {
  @ApiPropertyOptional({ example: 'Spring menu' })
  @Optional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The number that sends.' })
  @Optional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ type: () => [CampaignVariantDto], description: 'Messages to compare, at most 5; one where nothing is compared.' })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => CampaignVariantDto)
  variants?: CampaignVariantDto[];

  @ApiPropertyOptional({ type: () => CampaignScheduleDto, description: 'Without it: once it is started.' })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => CampaignScheduleDto)
  schedule?: CampaignScheduleDto;

  @ApiPropertyOptional({ example: 43_200, minimum: 60, maximum: 30 * DAY_SECONDS, description: 'How long a message may wait to leave once it is fed, in seconds.' })
  @Optional()
  @IsInt()
  @Min(60)
  @Max(30 * DAY_SECONDS)
  validSeconds?: number;
}

export class CreateCampaignDto extends ChangeCampaignDto {
  @ApiProperty({ example: 'Spring menu' })
  @IsString()
  @Length(1, 100)
  declare name: string;

  @ApiProperty({ format: 'uuid', description: 'The number that sends.' })
  @IsUUID()
  declare numberId: string;

  @ApiProperty({ type: () => [CampaignVariantDto], description: 'Messages to compare, at most 5; one where nothing is compared.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => CampaignVariantDto)
  declare variants: CampaignVariantDto[];
}

export class CampaignQuery extends PageQuery {
  @ApiPropertyOptional({ enum: CAMPAIGN_STATES })
  @Optional()
  @IsIn(CAMPAIGN_STATES)
  state?: CampaignState;
}

/** How an entry looks, for the documentation; it is read by libs/domain, so that one bad one does not cost the others. */
export class AudienceEntryDto {
  @ApiPropertyOptional({ example: '+40723000111', description: 'E.164. Either this or contactId.' })
  to?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  contactId?: string;

  @ApiPropertyOptional({ example: 'ro' })
  locale?: string;

  @ApiPropertyOptional({ example: 'Europe/Bucharest' })
  timeZone?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { firstName: 'Ana' } })
  fields?: Record<string, string>;
}

/** Either a list or a tag. */
export class AddRecipientsDto {
  @ApiPropertyOptional({ type: [AudienceEntryDto], maxItems: MOST_LISTED })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LISTED)
  recipients?: AudienceEntry[];

  @ApiPropertyOptional({ example: 'vip', description: 'All contacts that have this tag now.' })
  @Optional()
  @IsString()
  @Matches(TAG, { message: TAG_HINT })
  tag?: string;
}

export class RecipientQuery extends PageQuery {
  @ApiPropertyOptional({ enum: RECIPIENT_STATES })
  @Optional()
  @IsIn(RECIPIENT_STATES)
  state?: RecipientState;
}
