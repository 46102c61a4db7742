import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  AUTOMATION_STEP_TYPES,
  MESSAGE_KINDS,
  type AutomationConditions,
  type AutomationStepType,
  type LocalTexts,
  type MessageKind,
  type StepEndpoint,
} from '@parley/domain';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsNumber, IsObject, IsString, IsUUID, Length, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';

const URL_LENGTH = 2_000;
const MOST_WORDS = 100;
const WORD_LENGTH = 100;
const STEP_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LANGUAGE = /^[a-z]{2,3}$/;

/** A list of texts of a length, all decorators at once. */
export function Words(description: string, examples: unknown[]): PropertyDecorator {
  const decorators = [IsArray(), ArrayMinSize(1), ArrayMaxSize(MOST_WORDS), IsString({ each: true }), Length(1, WORD_LENGTH, { each: true })];
  return (target, key) => [ApiProperty({ type: [String], maxItems: MOST_WORDS, description, examples }), ...decorators].forEach((decorate) => decorate(target, key));
}

/** A text for each language. */
export function Texts(description: string): PropertyDecorator {
  const shown = { type: 'object', additionalProperties: { type: 'string' }, description, example: { ro: 'Revenim mâine la ora 10.', en: 'We are back tomorrow at 10.' } } as const;
  return (target, key) => [ApiProperty(shown), IsObject()].forEach((decorate) => decorate(target, key));
}

export const LOCAL_TEXTS = 'By language (ro, en-GB). Whoever speaks none of them reads the first.';

export type Texted = LocalTexts;

/** When a step runs: all that is given must hold. */
export class AutomationConditionsBody implements AutomationConditions {
  @ApiPropertyOptional({ enum: MESSAGE_KINDS, isArray: true, description: 'Left out: all that a customer can say, but no reactions, edits or deletions.', example: ['text', 'audio'] })
  @Optional()
  @IsIn(MESSAGE_KINDS, { each: true })
  @IsArray()
  kinds?: MessageKind[];

  @ApiPropertyOptional({ description: 'Whether it must be the first message of its conversation, or must not be.', example: true })
  @Optional()
  @IsBoolean()
  firstMessage?: boolean;

  @ApiPropertyOptional({ enum: ['inside', 'outside'], example: 'outside' })
  @Optional()
  @IsIn(['inside', 'outside'])
  businessHours?: 'inside' | 'outside';

  @Optional()
  @Words('One of them must be in the text, as whole words; case and diacritics do not matter.', [['livrare', 'delivery']])
  keywords?: string[];

  @ApiPropertyOptional({ type: [String], description: 'ISO 639 codes. The language is known of voice notes and of contacts that say it.', example: ['ro'] })
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(LANGUAGE, { each: true, message: 'languages must hold codes such as ro' })
  languages?: string[];

  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'The numbers to which the customer wrote.' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsUUID(undefined, { each: true })
  numberIds?: string[];

  @ApiPropertyOptional({ description: 'true: only conversations that nobody has; false: only those that somebody has.', example: true })
  @Optional()
  @IsBoolean()
  unassigned?: boolean;

  @Optional()
  @Words('What an intent step before this one found.', [['reservation']])
  intents?: string[];

  @ApiPropertyOptional({ minimum: 0, maximum: 1, description: 'The least confidence of the intent.', example: 0.7 })
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(1)
  minConfidence?: number;
}

/** An endpoint of your own. Its key is set with PUT /v1/settings/automations/secrets/{step}. */
export class StepEndpointBody implements StepEndpoint {
  @ApiProperty({ format: 'uri', maxLength: URL_LENGTH, description: 'https, public. The path of the method is added to it.', example: 'https://api.example.com/v1' })
  @IsString()
  @MaxLength(URL_LENGTH)
  url!: string;

  @ApiPropertyOptional({ maxLength: 100, example: 'llama-3.3-70b' })
  @Optional()
  @IsString()
  @Length(1, 100)
  model?: string;
}

/** What every step has. */
export class AutomationStepBody {
  @ApiProperty({ pattern: STEP_ID.source, maxLength: 32, description: 'Unique in the chain; each step happens once for a message.', example: 'menu' })
  @Length(1, 32)
  @Matches(STEP_ID, { message: 'id must be made of small letters, digits and hyphens' })
  id!: string;

  @ApiProperty({ enum: AUTOMATION_STEP_TYPES })
  @IsIn(AUTOMATION_STEP_TYPES)
  type!: AutomationStepType;

  @ApiProperty({ example: true })
  @IsBoolean()
  enabled!: boolean;

  @ApiPropertyOptional({ type: AutomationConditionsBody })
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => AutomationConditionsBody)
  when?: AutomationConditionsBody;
}
