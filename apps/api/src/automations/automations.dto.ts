import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import {
  isJsonObject,
  type AiStep,
  type AutomationSettings,
  type AutomationStep,
  type AutomationStepType,
  type AwayStep,
  type BotStep,
  type EchoStep,
  type HandOver,
  type IntentChoice,
  type IntentStep,
  type KeywordAnswer,
  type KeywordsStep,
  type LocalTexts,
  type TranscribeStep,
} from '@parley/domain';
import { plainToInstance, Transform, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsNumber, IsObject, IsString, Length, Matches, Max, MaxLength, Min, ValidateNested, type ValidationArguments, ValidatorConstraint, Validate } from 'class-validator';
import { Optional } from '../http/optional.js';
import { AutomationStepBody, LOCAL_TEXTS, StepEndpointBody, Texts, Words } from './automation-step.dto.js';

const MOST_STEPS = 20;
const URL_LENGTH = 2_000;

/** A value of a class, with all that it needs to be checked. */
function Nested(type: () => new () => object): PropertyDecorator {
  return (target, key) => [ApiPropertyOptional({ type }), Optional(), IsObject(), ValidateNested(), Type(type)].forEach((decorate) => decorate(target, key));
}

export class TranscribeStepBody extends AutomationStepBody implements TranscribeStep {
  declare type: 'transcribe';

  @Nested(() => StepEndpointBody)
  endpoint?: StepEndpointBody;

  @ApiPropertyOptional({ pattern: '^[a-z]{2,3}$', description: 'What your customers speak, where that is always the same.', example: 'ro' })
  @Optional()
  @Matches(/^[a-z]{2,3}$/, { message: 'language must be a code such as ro' })
  language?: string;
}

export class IntentChoiceBody implements IntentChoice {
  @ApiProperty({ maxLength: 100, example: 'reservation' })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiPropertyOptional({ maxLength: 300, example: 'The customer wants a table.' })
  @Optional()
  @IsString()
  @Length(1, 300)
  description?: string;
}

export class IntentStepBody extends AutomationStepBody implements IntentStep {
  declare type: 'intent';

  @ApiProperty({ enum: ['openai', 'rasa'], description: 'openai: POST {url}/chat/completions; rasa: POST {url}/model/parse.' })
  @IsIn(['openai', 'rasa'])
  api!: 'openai' | 'rasa';

  @Nested(() => StepEndpointBody)
  endpoint?: StepEndpointBody;

  @ApiPropertyOptional({ type: [IntentChoiceBody], maxItems: 50, description: 'Needed with openai.' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => IntentChoiceBody)
  intents?: IntentChoiceBody[];
}

export class KeywordAnswerBody implements KeywordAnswer {
  @Words('Any of them; case, diacritics and punctuation do not matter.', [['meniu', 'menu']])
  words!: string[];

  @ApiProperty({ enum: ['whole', 'contains'], description: 'whole: the message is the word; contains: it has it in it, as whole words.' })
  @IsIn(['whole', 'contains'])
  match!: 'whole' | 'contains';

  @Texts(LOCAL_TEXTS)
  texts!: LocalTexts;
}

export class KeywordsStepBody extends AutomationStepBody implements KeywordsStep {
  declare type: 'keywords';

  @ApiProperty({ type: [KeywordAnswerBody], maxItems: 100, description: 'The first that matches is given.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => KeywordAnswerBody)
  answers!: KeywordAnswerBody[];
}

export class AwayStepBody extends AutomationStepBody implements AwayStep {
  declare type: 'away';

  @Texts(LOCAL_TEXTS)
  texts!: LocalTexts;
}

export class BotStepBody extends AutomationStepBody implements BotStep {
  declare type: 'bot';

  @ApiProperty({ format: 'uri', maxLength: URL_LENGTH, description: 'https, public. What is asked there is in docs/guides/automations.md.', example: 'https://bot.example.ro/parley' })
  @IsString()
  @MaxLength(URL_LENGTH)
  url!: string;
}

export class HandOverBody implements HandOver {
  @Optional()
  @Words('Words by which a customer asks for a person.', [['om', 'human', 'agent']])
  words?: string[];

  @Optional()
  @Texts('What the customer is told then. ' + LOCAL_TEXTS)
  texts?: LocalTexts;
}

export class AiStepBody extends AutomationStepBody implements AiStep {
  declare type: 'ai';

  @Nested(() => StepEndpointBody)
  endpoint?: StepEndpointBody;

  @ApiProperty({ maxLength: 20_000, example: 'You answer for Casa Verde, a restaurant in Cluj. Open daily from 10 to 22. …' })
  @IsString()
  @Length(1, 20_000)
  systemPrompt!: string;

  @ApiPropertyOptional({ minimum: 0, maximum: 2, example: 0.3 })
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number;

  @ApiProperty({ minimum: 1, maximum: 4_000, description: 'Of one answer.', example: 400 })
  @IsInt()
  @Min(1)
  @Max(4_000)
  maxTokens!: number;

  @ApiProperty({ minimum: 1, maximum: 50, description: 'How many of the last messages the model reads.', example: 10 })
  @IsInt()
  @Min(1)
  @Max(50)
  contextMessages!: number;

  @ApiProperty({ minimum: 0, maximum: 1_000_000_000, description: 'Tokens of a day by your clock, questions and answers together. One answer more at most is given.', example: 100_000 })
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  dailyTokens!: number;

  @Nested(() => HandOverBody)
  handOver?: HandOverBody;
}

export class EchoStepBody extends AutomationStepBody implements EchoStep {
  declare type: 'echo';
}

/** The model of each step. */
export const STEP_BODIES = {
  transcribe: TranscribeStepBody,
  intent: IntentStepBody,
  keywords: KeywordsStepBody,
  away: AwayStepBody,
  bot: BotStepBody,
  ai: AiStepBody,
  echo: EchoStepBody,
} as const satisfies Record<AutomationStepType, new () => AutomationStepBody>;

function stepOf(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const { type } = value;
  const known = typeof type === 'string' && Object.hasOwn(STEP_BODIES, type) ? STEP_BODIES[type as AutomationStepType] : AutomationStepBody;
  return plainToInstance<AutomationStepBody, unknown>(known, value);
}

/** A list that holds nothing but objects: what is none would pass the check of its members. */
@ValidatorConstraint({ name: 'holdsSteps' })
class HoldsSteps {
  validate(value: unknown): boolean {
    return Array.isArray(value) && value.every((one) => one instanceof AutomationStepBody);
  }

  defaultMessage({ property }: ValidationArguments): string {
    return `${property} must be a list of steps`;
  }
}

/** The chain of your automatic answers. */
export class AutomationsBody implements AutomationSettings {
  @ApiProperty({ minimum: 0, maximum: 1_440, description: "How long bot and model are silent after a person's answer, in minutes.", example: 30 })
  @IsInt()
  @Min(0)
  @Max(1_440)
  silenceMinutes!: number;

  @ApiProperty({
    type: 'array',
    maxItems: MOST_STEPS,
    items: { oneOf: Object.values(STEP_BODIES).map((body) => ({ $ref: getSchemaPath(body) })) },
    description: 'In their order; the first answer ends the chain.',
    example: [{ id: 'echo', type: 'echo', enabled: true }],
  })
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(stepOf) : value))
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Validate(HoldsSteps)
  steps!: AutomationStep[];
}
