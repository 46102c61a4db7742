import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CONSENT_PURPOSES, CONSENT_STATUSES, type ConsentPurpose, type ConsentStatus } from '@parley/domain';
import { ArrayMinSize, ArrayUnique, IsArray, IsIn, IsISO8601, IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';

/** What a contact decided. Exactly one of purpose and purposes is given. */
export class RecordConsentDto {
  @ApiProperty({ example: '+40723000111', description: 'In E.164, or as dialled in the country given.' })
  @IsString()
  @MaxLength(40)
  phone!: string;

  @ApiPropertyOptional({ example: 'RO', description: 'ISO 3166: how to read a phone number without its country.' })
  @Optional()
  @Matches(/^[A-Za-z]{2}$/, { message: 'country is an ISO 3166 code of two letters' })
  country?: string;

  @ApiPropertyOptional({ enum: CONSENT_PURPOSES })
  @Optional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;

  @ApiPropertyOptional({ enum: CONSENT_PURPOSES, isArray: true })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(CONSENT_PURPOSES, { each: true })
  purposes?: ConsentPurpose[];

  @ApiProperty({ enum: CONSENT_STATUSES })
  @IsIn(CONSENT_STATUSES)
  status!: ConsentStatus;

  @ApiProperty({ example: 'form', description: 'Where the decision was made: form, import, till, call, …' })
  @IsString()
  @Length(1, 64)
  source!: string;

  @ApiPropertyOptional({ example: 'booking B-2210, box ticked', description: 'What proves it; kept as it is.' })
  @Optional()
  @IsString()
  @Length(1, 2_000)
  evidence?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The one number for which it was said; left out: for every number.' })
  @Optional()
  @IsUUID()
  numberId?: string;

  @ApiPropertyOptional({ format: 'date-time', example: '2026-11-21T09:30:00+02:00', description: 'When the contact decided; left out: now. The latest decision stands.' })
  @Optional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @Matches(/T.*(?:Z|[+-]\d{2}:?\d{2})$/, { message: 'at is a time with its zone, such as 2026-11-21T09:30:00+02:00' })
  at?: string;
}

/** Which standing consents to see: of one contact, given by phone or by id, or of all. */
export class StandingConsentsQuery extends PageQuery {
  @ApiPropertyOptional({ example: '+40723000111', description: 'In E.164.' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ enum: CONSENT_PURPOSES })
  @Optional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;

  @ApiPropertyOptional({ enum: CONSENT_STATUSES })
  @Optional()
  @IsIn(CONSENT_STATUSES)
  status?: ConsentStatus;
}
