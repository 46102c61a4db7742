import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import type { JsonObject } from '../../json.js';
import {
  ACCOUNT_REVIEW_STATUSES,
  MESSAGING_LIMITS,
  NUMBER_STATUSES,
  PARAMETER_FORMATS,
  QUALITY_RATINGS,
  SCOPES,
  TEMPLATE_CATEGORIES,
  TEMPLATE_STATUSES,
  THROUGHPUT_LEVELS,
  TOKEN_STATES,
  VERIFICATION_STATUSES,
  type AccountReviewStatus,
  type MessagingLimit,
  type NumberStatus,
  type ParameterFormat,
  type QualityRating,
  type Scope,
  type TemplateCategory,
  type TemplateStatus,
  type ThroughputLevel,
  type TokenState,
  type VerificationStatus,
} from '../../state/account.js';

const NODE_ID = /^\d{1,20}$/;

/** A phone number of an account. */
export class NumberDto {
  @ApiProperty({ examples: ['2000000000000001'] })
  @Matches(NODE_ID)
  readonly id!: string;

  @ApiProperty({ examples: ['+40 21 555 0100'] })
  @Matches(/^\+?[\d\s()-]{5,30}$/)
  readonly displayPhoneNumber!: string;

  @ApiProperty({ examples: ['Trattoria'] })
  @IsString()
  @IsNotEmpty()
  readonly verifiedName!: string;

  @ApiPropertyOptional({ enum: THROUGHPUT_LEVELS })
  @IsOptional()
  @IsIn(THROUGHPUT_LEVELS)
  readonly throughputLevel?: ThroughputLevel;

  @ApiPropertyOptional({ enum: NUMBER_STATUSES })
  @IsOptional()
  @IsIn(NUMBER_STATUSES)
  readonly status?: NumberStatus;

  @ApiPropertyOptional({ enum: QUALITY_RATINGS })
  @IsOptional()
  @IsIn(QUALITY_RATINGS)
  readonly qualityRating?: QualityRating;
}

/** A template of an account. */
export class TemplateDto {
  @ApiPropertyOptional({
    examples: ['2000000000000001'],
    description: 'Made up where it is left out; the same name and language keep theirs.',
  })
  @IsOptional()
  @Matches(NODE_ID)
  readonly id?: string;

  @ApiProperty({ examples: ['Trattoria'] })
  @Matches(/^[a-z0-9_]{1,512}$/)
  readonly name!: string;

  @ApiProperty({ examples: ['en_US'] })
  @Matches(/^[a-z]{2,3}(_[A-Z]{2})?$/)
  readonly language!: string;

  @ApiProperty({ enum: TEMPLATE_CATEGORIES })
  @IsIn(TEMPLATE_CATEGORIES)
  readonly category!: TemplateCategory;

  @ApiPropertyOptional({ enum: TEMPLATE_STATUSES })
  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  readonly status?: TemplateStatus;

  @ApiPropertyOptional({ enum: PARAMETER_FORMATS })
  @IsOptional()
  @IsIn(PARAMETER_FORMATS)
  readonly parameterFormat?: ParameterFormat;

  @ApiProperty({ type: [Object], examples: [[{ type: 'BODY', text: 'Hello {{1}}' }]] })
  @IsArray()
  @IsObject({ each: true })
  readonly components!: JsonObject[];
}

/** POST /control/accounts */
export class AccountDto {
  @ApiProperty({ examples: ['2000000000000001'] })
  @Matches(NODE_ID)
  readonly wabaId!: string;

  @ApiProperty({ examples: ['Trattoria'] })
  @IsString()
  @IsNotEmpty()
  readonly name!: string;

  @ApiProperty({ examples: ['EAA-secret'] })
  @IsString()
  @IsNotEmpty()
  readonly token!: string;

  @ApiPropertyOptional({ enum: TOKEN_STATES })
  @IsOptional()
  @IsIn(TOKEN_STATES)
  readonly tokenState?: TokenState;

  @ApiPropertyOptional({ enum: SCOPES, isArray: true })
  @IsOptional()
  @IsIn(SCOPES, { each: true })
  readonly scopes?: Scope[];

  @ApiPropertyOptional({
    examples: ['2000000000000002'],
    description: 'The app that the token was given to; may be left out while there is only one.',
  })
  @IsOptional()
  @Matches(NODE_ID)
  readonly appId?: string;

  @ApiPropertyOptional({ description: 'Subscribes the app at once, as POST /{waba}/subscribed_apps would.' })
  @IsOptional()
  @IsBoolean()
  readonly subscribe?: boolean;

  @ApiPropertyOptional({
    examples: ['2000000000000003'],
    description: 'The business portfolio: its accounts share one messaging limit.',
  })
  @IsOptional()
  @Matches(NODE_ID)
  readonly portfolioId?: string;

  @ApiPropertyOptional({
    enum: MESSAGING_LIMITS,
    description: 'Unique users outside the service window in 24 hours, then 131048; left out: no limit is held.',
  })
  @IsOptional()
  @IsIn(MESSAGING_LIMITS)
  readonly messagingLimit?: MessagingLimit;

  @ApiPropertyOptional({ enum: VERIFICATION_STATUSES })
  @IsOptional()
  @IsIn(VERIFICATION_STATUSES)
  readonly verificationStatus?: VerificationStatus;

  @ApiPropertyOptional({ enum: ACCOUNT_REVIEW_STATUSES })
  @IsOptional()
  @IsIn(ACCOUNT_REVIEW_STATUSES)
  readonly reviewStatus?: AccountReviewStatus;

  @ApiPropertyOptional({ description: 'False: templates outside the window cannot be charged.' })
  @IsOptional()
  @IsBoolean()
  readonly canPay?: boolean;

  @ApiPropertyOptional({ description: 'Unix seconds.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly tokenExpiresAt?: number;

  @ApiPropertyOptional({ type: [NumberDto] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => NumberDto)
  readonly numbers?: NumberDto[];

  @ApiPropertyOptional({ type: [TemplateDto] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(6000)
  @ValidateNested({ each: true })
  @Type(() => TemplateDto)
  readonly templates?: TemplateDto[];
}
