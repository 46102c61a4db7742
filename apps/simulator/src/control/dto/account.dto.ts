import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import type { JsonObject } from '../../json.js';
import {
  NUMBER_STATUSES,
  PARAMETER_FORMATS,
  QUALITY_RATINGS,
  SCOPES,
  TEMPLATE_CATEGORIES,
  TEMPLATE_STATUSES,
  THROUGHPUT_LEVELS,
  TOKEN_STATES,
  type NumberStatus,
  type ParameterFormat,
  type QualityRating,
  type Scope,
  type TemplateCategory,
  type TemplateStatus,
  type ThroughputLevel,
  type TokenState,
} from '../../state/account.js';

const NODE_ID = /^\d{1,20}$/;

/** A phone number of an account. */
export class NumberDto {
  @Matches(NODE_ID)
  readonly id!: string;

  @Matches(/^\+?[\d\s()-]{5,30}$/)
  readonly displayPhoneNumber!: string;

  @IsString()
  @IsNotEmpty()
  readonly verifiedName!: string;

  @IsOptional()
  @IsIn(THROUGHPUT_LEVELS)
  readonly throughputLevel?: ThroughputLevel;

  @IsOptional()
  @IsIn(NUMBER_STATUSES)
  readonly status?: NumberStatus;

  @IsOptional()
  @IsIn(QUALITY_RATINGS)
  readonly qualityRating?: QualityRating;
}

/** A template of an account. */
export class TemplateDto {
  /** Made up where it is left out; the same name and language keep theirs. */
  @IsOptional()
  @Matches(NODE_ID)
  readonly id?: string;

  @Matches(/^[a-z0-9_]{1,512}$/)
  readonly name!: string;

  @Matches(/^[a-z]{2,3}(_[A-Z]{2})?$/)
  readonly language!: string;

  @IsIn(TEMPLATE_CATEGORIES)
  readonly category!: TemplateCategory;

  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  readonly status?: TemplateStatus;

  @IsOptional()
  @IsIn(PARAMETER_FORMATS)
  readonly parameterFormat?: ParameterFormat;

  @IsArray()
  @IsObject({ each: true })
  readonly components!: JsonObject[];
}

/** POST /control/accounts */
export class AccountDto {
  @Matches(NODE_ID)
  readonly wabaId!: string;

  @IsString()
  @IsNotEmpty()
  readonly name!: string;

  @IsString()
  @IsNotEmpty()
  readonly token!: string;

  @IsOptional()
  @IsIn(TOKEN_STATES)
  readonly tokenState?: TokenState;

  @IsOptional()
  @IsIn(SCOPES, { each: true })
  readonly scopes?: Scope[];

  /** The app that the token was given to; may be left out while there is only one. */
  @IsOptional()
  @Matches(NODE_ID)
  readonly appId?: string;

  /** Subscribes the app at once, as POST /{waba}/subscribed_apps would. */
  @IsOptional()
  @IsBoolean()
  readonly subscribe?: boolean;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => NumberDto)
  readonly numbers?: NumberDto[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(6000)
  @ValidateNested({ each: true })
  @Type(() => TemplateDto)
  readonly templates?: TemplateDto[];
}

/** PUT /control/templates/:id */
export class TemplateChangeDto {
  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  readonly status?: TemplateStatus;

  /** Why, in Meta's terms: INVALID_FORMAT, SCAM and so on. */
  @IsOptional()
  @Matches(/^[A-Z_]+$/)
  readonly reason?: string;

  @IsOptional()
  @IsIn(TEMPLATE_CATEGORIES)
  readonly category?: TemplateCategory;

  @IsOptional()
  @IsIn(QUALITY_RATINGS)
  readonly quality?: QualityRating;
}
