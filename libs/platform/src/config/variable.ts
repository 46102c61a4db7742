import { Transform } from 'class-transformer';
import { Max, Min, ValidateBy, type ValidationArguments } from 'class-validator';
import { BadValue, integer } from './parsers.js';

/** The headings of `.env.example` and of the reference. */
export const VARIABLE_GROUPS = [
  'Process',
  'HTTP',
  'Database',
  'Redis',
  'Secrets',
  'Access',
  'Meta',
  'Messages',
  'Broker',
  'Storage',
  'Alerts',
  'Automations',
] as const;
export type VariableGroup = (typeof VARIABLE_GROUPS)[number];

/** What is said about an environment variable where it is declared. */
export interface VariableOptions {
  readonly group: VariableGroup;
  /** One or two sentences, units included. */
  readonly description: string;
  /** Used where the variable is unset or empty. Without one the variable is optional. */
  readonly default?: string;
  readonly example?: string;
  /** Its value is never shown, and NODE_ENV=production refuses the default. */
  readonly secret?: boolean;
  /** NODE_ENV=production wants it set: the default only serves development. */
  readonly setInProduction?: boolean;
  /** The least number of characters of the value, or of each in a list, under NODE_ENV=production. */
  readonly minimumLengthInProduction?: number;
  /** Turns the text into the value; throws BadValue. The text itself serves where it is left out. */
  readonly parse?: (text: string) => unknown;
}

export interface DeclaredVariable extends VariableOptions {
  readonly name: string;
}

const declared: DeclaredVariable[] = [];

/** All variables in the order of their declaration. */
export function declaredVariables(): readonly DeclaredVariable[] {
  return declared;
}

/** Declares a property of Config as the environment variable of the same name. */
export function Variable(options: VariableOptions): PropertyDecorator {
  return (target, property) => {
    declared.push({ name: String(property), ...options });
    Transform(({ value }: { value: unknown }) => parsed(options, value))(target, property);
    ParsesWell()(target, property);
  };
}

/** Declares a whole number and the least and greatest value that it may take. */
export function Integer({ range: [min, max], ...options }: IntegerOptions): PropertyDecorator {
  return (target, property) => {
    Variable({ ...options, parse: integer })(target, property);
    Min(min)(target, property);
    Max(max)(target, property);
  };
}

type IntegerOptions = Omit<VariableOptions, 'parse'> & { readonly range: readonly [min: number, max: number] };

function parsed({ parse }: VariableOptions, value: unknown): unknown {
  if (!parse || typeof value !== 'string') return value;
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof BadValue) return error;
    throw error;
  }
}

/** The name of the constraint that a text which does not parse fails. */
export const PARSES_WELL = 'parsesWell';

function ParsesWell(): PropertyDecorator {
  return ValidateBy({
    name: PARSES_WELL,
    validator: {
      validate: (value: unknown) => !(value instanceof BadValue),
      defaultMessage: (args?: ValidationArguments) => {
        const value: unknown = args?.value;
        return `${args?.property ?? ''} ${value instanceof BadValue ? value.message : 'cannot be read'}`;
      },
    },
  });
}

/** A URL with one of these protocols. Unlike IsUrl it takes hosts without a dot and database sockets. */
export function IsUrlOf(...protocols: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'isUrlOf',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      defaultMessage: (args?: ValidationArguments) =>
        `${args?.property ?? ''} must be a URL that begins with ${protocols.map((p) => `${p}://`).join(' or ')}`,
    },
  });
}
