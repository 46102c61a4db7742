import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DEFAULT_CONSENT, type ConsentLocale, type ConsentSettings } from '@parley/domain';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';

const MOST_LOCALES = 20;
const MOST_WORDS = 50;
const LONGEST_WORD = 60;
const LONGEST_ANSWER = 1_024;
const LOCALE = /^[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$/;

function Words(description: string): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ type: [String], maxItems: MOST_WORDS, description }),
    Optional(),
    IsArray(),
    ArrayMaxSize(MOST_WORDS),
    ArrayUnique(),
    IsString({ each: true }),
    Length(1, LONGEST_WORD, { each: true }),
  ];
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
}

function Answer(example: string): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ maxLength: LONGEST_ANSWER, examples: [example], description: 'In place of the text that is shipped.' }),
    Optional(),
    IsString(),
    Length(1, LONGEST_ANSWER),
  ];
  return (target, key) => decorators.forEach((decorate) => decorate(target, key));
}

/** A language in which customers say STOP and START: words beside those that are shipped, and answers. */
export class ConsentLocaleBody implements ConsentLocale {
  @ApiProperty({ pattern: LOCALE.source, examples: ['hu'] })
  @Matches(LOCALE, { message: 'locale is a language such as ro or pt_BR' })
  locale!: string;

  @Words('Whole messages that take back every consent. Case, diacritics, punctuation and blanks do not matter.')
  stopWords?: string[];

  @Words('Whole messages that give it again.')
  startWords?: string[];

  @Answer('Nem írunk többet. Írja, hogy START, ha meggondolja magát.')
  stopConfirmation?: string;

  @Answer('Megkapja üzeneteinket. Írja, hogy STOP, ha nem kéri őket.')
  startConfirmation?: string;
}

/** What customers say to take back their consent and to give it again, and what they are answered. */
export class ConsentSettingsBody implements ConsentSettings {
  @ApiProperty({ enum: ['tenant', 'number'], examples: [DEFAULT_CONSENT.scope], description: 'Whether a STOP counts for all your numbers, or for the one to which it was written.' })
  @IsIn(['tenant', 'number'])
  scope!: 'tenant' | 'number';

  @ApiProperty({ pattern: LOCALE.source, examples: [DEFAULT_CONSENT.defaultLocale], description: 'The language of answers to STOP and START, which are the same in every language.' })
  @Matches(LOCALE, { message: 'defaultLocale is a language such as ro or pt_BR' })
  defaultLocale!: string;

  @ApiProperty({ examples: [DEFAULT_CONSENT.confirm], description: 'Whether STOP and START are answered, once.' })
  @IsBoolean()
  confirm!: boolean;

  @ApiProperty({ type: [ConsentLocaleBody], maxItems: MOST_LOCALES, description: 'English and Romanian are shipped; what is here is added to them.' })
  @IsArray()
  @ArrayMaxSize(MOST_LOCALES)
  @ValidateNested({ each: true })
  @Type(() => ConsentLocaleBody)
  locales!: ConsentLocaleBody[];

  @ApiProperty({ type: [String], maxItems: MOST_WORDS, examples: [['OPT_OUT']], description: 'Payloads or texts of your buttons that take back consent to marketing alone.' })
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 256, { each: true })
  optOutButtons!: string[];
}
