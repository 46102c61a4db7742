import type { FieldError } from './domain-error.js';
import { isJsonObject, pointerToken, type JsonObject } from './json.js';

/** What one member of an event's data holds. */
export type DataKind = 'text' | 'amount' | 'count' | 'currency' | 'time' | 'phone' | 'language' | 'url';

/** The documented shape of an event's data. Members that are not named here are the tenant's own and go through. */
export type DataShape =
  | { readonly kind: DataKind; readonly about: string; readonly needed?: boolean }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, DataShape>>; readonly needed?: boolean }
  | { readonly kind: 'list'; readonly items: DataShape; readonly needed?: boolean };

export type DataMembers = Readonly<Record<string, DataShape>>;

const LONGEST_TEXT = 1_024;
const LONGEST_LIST = 500;
/** More than this tells nobody more. */
const MOST_FAULTS = 20;

interface KindRule {
  readonly fits: (value: unknown) => boolean;
  readonly says: string;
  readonly schema: JsonObject;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TEXT;
const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);

const RULES: Readonly<Record<DataKind, KindRule>> = {
  text: { fits: isText, says: `a text of 1 to ${LONGEST_TEXT} characters`, schema: { type: 'string', minLength: 1, maxLength: LONGEST_TEXT } },
  amount: {
    fits: (value) => (typeof value === 'number' && Number.isFinite(value)) || matches(/^-?\d{1,15}(\.\d{1,6})?$/)(value),
    says: 'a number, or a text such as "125.50"',
    schema: { type: ['number', 'string'] },
  },
  count: { fits: (value) => Number.isInteger(value) && (value as number) >= 0, says: 'a whole number from 0', schema: { type: 'integer', minimum: 0 } },
  currency: { fits: matches(/^[A-Za-z]{3}$/), says: 'three letters such as RON', schema: { type: 'string', pattern: '^[A-Za-z]{3}$' } },
  time: {
    fits: matches(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/),
    says: 'a time such as 2026-11-07T19:30:00+02:00; without an offset it is by your own clock',
    schema: { type: 'string' },
  },
  phone: { fits: matches(/^\+[\d ().-]{6,30}$/), says: 'a phone number such as +40723000111', schema: { type: 'string' } },
  language: { fits: matches(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})?$/), says: 'a language such as ro or en_US', schema: { type: 'string' } },
  url: { fits: matches(/^https?:\/\/\S{1,2000}$/), says: 'an address that begins with https://', schema: { type: 'string', format: 'uri' } },
};

/** What is wrong with the data of an event, with pointers such as `/data/order/total`. Trusts nothing about its shape. */
export function checkData(members: DataMembers, data: unknown, pointer = '/data'): FieldError[] {
  return checkShape({ kind: 'object', members, needed: true }, data, pointer).slice(0, MOST_FAULTS);
}

/** The same as JSON Schema, for readers. */
export function dataSchema(members: DataMembers): JsonObject {
  return schemaOf({ kind: 'object', members });
}

function checkShape(shape: DataShape, value: unknown, pointer: string): FieldError[] {
  if (value === undefined || value === null) return shape.needed ? [{ pointer, code: 'field.missing', detail: `${nameOf(pointer)} is needed here: ${saysOf(shape)}.` }] : [];
  if (shape.kind === 'object') {
    if (!isJsonObject(value)) return [invalid(pointer, shape)];
    return Object.entries(shape.members).flatMap(([name, member]) =>
      checkShape(member, Object.hasOwn(value, name) ? value[name] : undefined, `${pointer}/${pointerToken(name)}`),
    );
  }
  if (shape.kind === 'list') {
    if (!Array.isArray(value) || value.length > LONGEST_LIST) return [invalid(pointer, shape)];
    return value.flatMap((item: unknown, place) => checkShape({ ...shape.items, needed: true }, item, `${pointer}/${place}`)).slice(0, MOST_FAULTS);
  }
  return RULES[shape.kind].fits(value) ? [] : [invalid(pointer, shape)];
}

function invalid(pointer: string, shape: DataShape): FieldError {
  return { pointer, code: 'field.invalid', detail: `${nameOf(pointer)} must be ${saysOf(shape)}.` };
}

function saysOf(shape: DataShape): string {
  if (shape.kind === 'object') return 'an object';
  return shape.kind === 'list' ? `a list of at most ${LONGEST_LIST}` : RULES[shape.kind].says;
}

/** `/data/order/total` → `order.total`: as the expressions of a mapping call it. */
function nameOf(pointer: string): string {
  return pointer.replace(/^\/data\//, '').replace(/^\//, '').replaceAll('/', '.');
}

function schemaOf(shape: DataShape): JsonObject {
  if (shape.kind === 'list') return { type: 'array', maxItems: LONGEST_LIST, items: schemaOf(shape.items) };
  if (shape.kind !== 'object') return { ...RULES[shape.kind].schema, description: shape.about };
  const needed = Object.entries(shape.members).flatMap(([name, { needed: isNeeded }]) => (isNeeded ? [name] : []));
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, schemaOf(member)])),
    ...(needed.length > 0 && { required: needed }),
    additionalProperties: true,
  };
}
