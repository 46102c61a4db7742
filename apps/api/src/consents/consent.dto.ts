import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CONSENT_PURPOSES, CONSENT_STATUSES, type ConsentPurpose, type ConsentStatus } from '@parley/domain';
import { ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';

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
}

/** Whose standing consents to see. Exactly one of the two is given. */
export class StandingConsentsQuery {
  @ApiPropertyOptional({ example: '+40723000111', description: 'In E.164.' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  contactId?: string;
}
