import type { FieldError } from '../domain-error.js';
import { isJsonObject, pointerToken, type JsonObject } from '../json.js';
import { isNotificationName } from '../notification.js';
import { LEAST_VALID_SECONDS, LONGEST_AHEAD_SECONDS } from '../schedule.js';

/** How one kind of event becomes a template message. Every text of `parameters` is an expression in Liquid. */
export interface NotificationMapping {
  /** False: events of this kind are taken and nothing is sent. */
  enabled?: boolean;
  template: string;
  /** In which the template exists, the first one first where nothing else decides. */
  languages: string[];
  /** The number that sends; without one the section's. */
  numberId?: string | null;
  /** As in `POST /v1/messages`. */
  parameters?: JsonObject;
  /** Sent only where this holds, such as `order.total > 0`. */
  condition?: string | null;
  validForSeconds?: number | null;
  /** Until when it makes sense: an expression that gives a time. */
  validUntil?: string | null;
  /** What the data of a kind of the tenant's own must hold, as pointers such as `/points/total`. */
  requires?: string[];
}

/** What becomes of the events of a tenant's business. */
export interface NotificationsSettings {
  /** Of recipients whose language is not known. */
  defaultLanguage: string;
  /** ISO 4217, where an amount brings none. */
  currency: string;
  /** Null: the only number there is. */
  numberId: string | null;
  /** By the kind of event. */
  types: Record<string, NotificationMapping>;
}

export const DEFAULT_NOTIFICATIONS: NotificationsSettings = { defaultLanguage: 'ro', currency: 'RON', numberId: null, types: {} };

/** Kinds of events that one tenant may map. */
export const MOST_NOTIFICATION_TYPES = 100;
export const LONGEST_EXPRESSION = 1_000;
const MOST_EXPRESSIONS = 50;
const MOST_LANGUAGES = 20;

const LANGUAGE = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})?$/;
const TEMPLATE = /^[a-z0-9_]{1,512}$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const POINTER = /^(\/[A-Za-z0-9_-]{1,64}){1,8}$/;

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isExpression = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_EXPRESSION;
const listOf = (value: unknown, most: number, fits: (item: unknown) => boolean): boolean => Array.isArray(value) && value.length <= most && value.every(fits);
const textLike = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);

const isValidity = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= LEAST_VALID_SECONDS && (value as number) <= LONGEST_AHEAD_SECONDS;

/** The members of a mapping: what fits, how it is said, and whether it must be there. */
const MEMBERS: Readonly<Record<keyof NotificationMapping, { fits: (value: unknown) => boolean; says: string; needed?: true }>> = {
  enabled: { fits: (value) => typeof value === 'boolean', says: 'true or false' },
  template: { fits: textLike(TEMPLATE), says: 'the name of a template', needed: true },
  languages: { fits: (value) => Array.isArray(value) && value.length > 0 && listOf(value, MOST_LANGUAGES, textLike(LANGUAGE)), says: `a list of 1 to ${MOST_LANGUAGES} languages such as ro or en_US`, needed: true },
  numberId: { fits: textLike(UUID), says: 'the id of one of your numbers' },
  parameters: { fits: isJsonObject, says: 'an object as in POST /v1/messages, with an expression for each value' },
  condition: { fits: isExpression, says: `a condition of at most ${LONGEST_EXPRESSION} characters, such as order.total > 0` },
  validForSeconds: { fits: isValidity, says: `a whole number from ${LEAST_VALID_SECONDS} to ${LONGEST_AHEAD_SECONDS}` },
  validUntil: { fits: isExpression, says: `an expression of at most ${LONGEST_EXPRESSION} characters that gives a time` },
  requires: { fits: (value) => listOf(value, MOST_EXPRESSIONS, textLike(POINTER)), says: 'a list of pointers into the data, such as /points/total' },
};

/** An expression of a mapping, and where it stands in the section. */
export interface MappedExpression {
  readonly pointer: string;
  readonly text: string;
}

/** All of the values of a mapping's parameters that are expressions. */
export function expressionsOf(parameters: unknown, pointer: string): MappedExpression[] {
  if (typeof parameters === 'string') return [{ pointer, text: parameters }];
  if (Array.isArray(parameters)) return parameters.flatMap((value, place) => expressionsOf(value, `${pointer}/${place}`));
  if (!isJsonObject(parameters)) return [];
  return Object.entries(parameters).flatMap(([name, value]) => expressionsOf(value, `${pointer}/${pointerToken(name)}`));
}

/** The pointer of a kind's mapping in the section. */
export const mappingPointer = (type: string): string => `/types/${pointerToken(type)}`;

/** Trusts nothing about the shape of the mappings: they are a map, which no model describes. */
export function checkNotifications({ defaultLanguage, currency, numberId, types }: NotificationsSettings): FieldError[] {
  const faults: FieldError[] = [];
  if (!LANGUAGE.test(defaultLanguage)) faults.push(invalid('/defaultLanguage', 'This must be a language such as ro or en_US.'));
  if (!/^[A-Z]{3}$/.test(currency)) faults.push(invalid('/currency', 'This must be three capital letters such as RON.'));
  if (numberId !== null && !UUID.test(numberId)) faults.push(invalid('/numberId', 'This must be the id of one of your numbers, or null.'));
  const entries = Object.entries(types);
  if (entries.length > MOST_NOTIFICATION_TYPES) faults.push(invalid('/types', `There can be at most ${MOST_NOTIFICATION_TYPES} kinds.`));
  return [...faults, ...entries.slice(0, MOST_NOTIFICATION_TYPES).flatMap(([name, mapping]) => checkMapping(name, mapping))].slice(0, 50);
}

function checkMapping(name: string, mapping: unknown): FieldError[] {
  const at = mappingPointer(name);
  if (!isNotificationName(name)) return [invalid(at, 'A kind is called by small letters with a dot between, such as loyalty.points_expiring.')];
  if (!isJsonObject(mapping)) return [invalid(at, 'This must be an object.')];
  const unknown = Object.keys(mapping).filter((member) => !Object.hasOwn(MEMBERS, member));
  const faults = unknown.map((member): FieldError => ({ pointer: `${at}/${pointerToken(member)}`, code: 'field.unknown', detail: `There is no such member; it takes ${Object.keys(MEMBERS).join(', ')}.` }));
  for (const [member, { fits, says, needed }] of Object.entries(MEMBERS)) {
    const value = mapping[member];
    const pointer = `${at}/${member}`;
    if (isAbsent(value)) {
      if (needed) faults.push({ pointer, code: 'field.missing', detail: `This must be ${says}.` });
    } else if (!fits(value)) faults.push(invalid(pointer, `This must be ${says}.`));
  }
  if (!isAbsent(mapping.validUntil) && !isAbsent(mapping.validForSeconds)) faults.push(invalid(`${at}/validForSeconds`, 'Give this or validUntil, not both.'));
  return [...faults, ...checkExpressions(expressionsOf(mapping.parameters, `${at}/parameters`), at)];
}

function checkExpressions(expressions: readonly MappedExpression[], at: string): FieldError[] {
  const tooMany = expressions.length > MOST_EXPRESSIONS ? [invalid(`${at}/parameters`, `There can be at most ${MOST_EXPRESSIONS} expressions.`)] : [];
  const unfit = expressions.filter(({ text }) => !isExpression(text));
  return [...tooMany, ...unfit.map(({ pointer }) => invalid(pointer, `An expression has 1 to ${LONGEST_EXPRESSION} characters.`))];
}

const invalid = (pointer: string, detail: string): FieldError => ({ pointer, code: 'field.invalid', detail });
