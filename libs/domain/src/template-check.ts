import type { FieldError } from './domain-error.js';
import { isJsonObject, type JsonObject, pointerToken, textOf } from './json.js';
import { linkFault } from './media-content.js';
import { buttonsOf, type TemplateDefinition } from './template.js';
import {
  type ButtonKind,
  buttonValues,
  headerObject,
  type MediaHeader,
  type RequiredParameters,
  requiredParameters,
  type TemplateParameters,
  valuesByName,
} from './template-parameters.js';
import { renderTemplate } from './template-rendering.js';

/** Meta: characters of a component's text after its variables were filled in. */
export const HYDRATED_TEXT_LIMIT = 1024;
export const HEADER_TEXT_LIMIT = 60;
export const URL_LIMIT = 2000;
export const COUPON_CODE_LIMIT = 20;
/** Meta: one-time passwords of authentication templates. */
export const ONE_TIME_CODE_LIMIT = 15;
export const PAYLOAD_LIMIT = 256;
/** Meta: characters of the text of a carousel's card, filled in. */
export const CARD_TEXT_LIMIT = 160;

const ROOT = '/template/parameters';
const CARD_PARTS = ['header', 'body', 'buttons'];
const PARTS = [...CARD_PARTS, 'cards'];

/**
 * Everything that is wrong with the parameters of a send, as Meta would find it, with pointers into the request
 * (`/template/parameters/…`). Empty when Meta will take them. Trusts nothing about the shape of `given`.
 */
export function checkTemplateParameters(template: TemplateDefinition, given: unknown): FieldError[] {
  const parameters = given ?? {};
  if (!isJsonObject(parameters)) return [fault(ROOT, 'parameter.wrong-type', 'Parameters must be an object.')];
  const required = requiredParameters(template.components, template.parameterFormat);
  if (required.unsupported.length > 0) {
    const parts = required.unsupported.join(', ');
    return [fault('/template/name', 'template.unsupported', `Templates with ${parts} cannot be sent yet.`)];
  }
  const errors = checkParts(template, required, parameters, { at: ROOT, parts: PARTS, textLimit: HYDRATED_TEXT_LIMIT });
  return required.cards.length === 0 && parameters.cards === undefined
    ? errors
    : [...errors, ...checkCards(template, required.cards, parameters.cards)];
}

/** Where the parameters stand in the request, and what may be there. */
interface Place {
  at: string;
  parts: readonly string[];
  textLimit: number;
}

/** The parts that a template and a card of its carousel have in common. */
function checkParts(template: TemplateDefinition, required: RequiredParameters, parameters: JsonObject, place: Place): FieldError[] {
  const { at, parts, textLimit } = place;
  const unknown = Object.keys(parameters).filter((part) => !parts.includes(part));
  const errors = [
    ...unknown.map((part) => unexpected(`${at}/${pointerToken(part)}`, 'There is no such part of a template.')),
    ...checkHeader(required, parameters.header, `${at}/header`),
    ...checkTexts(required.body, parameters.body, `${at}/body`),
  ];
  // Lengths and the buttons' implied values need parameters of the right shape.
  if (errors.length > 0) return errors;
  const shaped = checkButtonShapes(template, required, parameters.buttons, `${at}/buttons`);
  if (shaped.length > 0) return shaped;
  const typed = parameters as TemplateParameters;
  return [...checkButtons(template, required, typed, `${at}/buttons`), ...checkLengths(template, typed, at, textLimit)];
}

/** The cards of a carousel: as many as the template has, each like a small template. */
function checkCards(template: TemplateDefinition, cards: RequiredParameters['cards'], given: unknown): FieldError[] {
  const pointer = `${ROOT}/cards`;
  if (cards.length === 0) return [unexpected(pointer, 'The template has no carousel.')];
  if (given === undefined) return [missing(pointer, `The template has ${cards.length} cards; each takes its values here.`)];
  if (!Array.isArray(given)) return [wrongType(pointer, 'Cards are a list.')];
  if (given.length !== cards.length) {
    const detail = `The template has ${cards.length} cards, values for ${given.length} were given.`;
    return [fault(pointer, 'parameter.count-mismatch', detail)];
  }
  return given.flatMap((card: unknown, place) => {
    const at = `${pointer}/${place}`;
    if (!isJsonObject(card)) return [wrongType(at, 'A card is an object.')];
    const definition = { ...template, components: (cards[place] ?? []) as TemplateDefinition['components'] };
    const required = requiredParameters(definition.components, template.parameterFormat);
    return checkParts(definition, required, card, { at, parts: CARD_PARTS, textLimit: CARD_TEXT_LIMIT });
  });
}

function checkHeader({ header }: RequiredParameters, given: unknown, pointer: string): FieldError[] {
  if (header.kind === 'none' || header.kind === 'text') return checkTexts(header.names, given, pointer);
  if (given === undefined) return [missing(pointer, `The header needs a ${header.kind}.`)];
  const object = headerObject(given);
  if (object?.kind !== header.kind) return [wrongType(pointer, `The header takes {"${header.kind}": {…}}.`)];
  const inner = `${pointer}/${header.kind}`;
  return header.kind === 'location' ? checkLocation(object.value, inner) : checkMedia(header.kind, object.value, inner);
}

function checkMedia(kind: MediaHeader, media: Record<string, unknown>, pointer: string): FieldError[] {
  const ways = [textOf(media.id), textOf(media.link)].filter((way) => way !== null);
  if (ways.length !== 1) return [missing(pointer, `The ${kind} needs either an id or a link.`)];
  const link = textOf(media.link);
  const fault = link === null ? null : linkFault(link);
  const errors = fault === null ? [] : [wrongType(`${pointer}/link`, fault)];
  if (media.filename === undefined) return errors;
  if (kind !== 'document') return [...errors, unexpected(`${pointer}/filename`, 'Only documents have a file name.')];
  return [...errors, ...checkText(media.filename, `${pointer}/filename`)];
}

function checkLocation(location: Record<string, unknown>, pointer: string): FieldError[] {
  const inRange = (value: unknown, limit: number): boolean => typeof value === 'number' && Math.abs(value) <= limit;
  return [
    ...(inRange(location.latitude, 90) ? [] : [wrongType(`${pointer}/latitude`, 'A latitude is a number, -90 to 90.')]),
    ...(inRange(location.longitude, 180)
      ? []
      : [wrongType(`${pointer}/longitude`, 'A longitude is a number, -180 to 180.')]),
    ...['name', 'address'].flatMap((key) =>
      location[key] === undefined ? [] : checkText(location[key], `${pointer}/${key}`),
    ),
  ];
}

/** Values for the variables of one text: as many and the same names as the template has, each fit for Meta. */
function checkTexts(names: readonly string[], given: unknown, pointer: string): FieldError[] {
  if (given === undefined) return names.map((name) => missing(pointer, `A value for {{${name}}} is missing.`));
  const positional = names.every((name) => /^\d+$/.test(name));
  if (Array.isArray(given)) {
    if (!positional) return [wrongType(pointer, `Give the values by name: ${names.join(', ')}.`)];
    if (given.length !== names.length) {
      const detail = `The template takes ${names.length} values here, ${given.length} were given.`;
      return [fault(pointer, 'parameter.count-mismatch', detail)];
    }
    return given.flatMap((value, place) => checkText(value, `${pointer}/${place}`));
  }
  if (!isJsonObject(given)) return [wrongType(pointer, 'Values are a list, or an object by name.')];
  const entries = Object.entries(given);
  return [
    ...names
      .filter((name) => !Object.hasOwn(given, name))
      .map((name) => missing(`${pointer}/${pointerToken(name)}`, `A value for {{${name}}} is missing.`)),
    ...entries.flatMap(([name, value]) => {
      const at = `${pointer}/${pointerToken(name)}`;
      return names.includes(name) ? checkText(value, at) : [unexpected(at, 'The template has no such variable.')];
    }),
  ];
}

/** Meta: a parameter holds some text, no new line, no tab and at most four spaces in a row. */
function checkText(value: unknown, pointer: string): FieldError[] {
  if (typeof value !== 'string') return [wrongType(pointer, 'A value is a text.')];
  if (value.trim() === '') return [fault(pointer, 'parameter.empty', 'A value must not be empty.')];
  return /[\r\n\t]| {5}/.test(value)
    ? [
        fault(
          pointer,
          'parameter.invalid-character',
          'A value must not hold new lines, tabs or more than four spaces in a row.',
        ),
      ]
    : [];
}

function checkButtonShapes(template: TemplateDefinition, required: RequiredParameters, given: unknown, pointer: string): FieldError[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return [wrongType(pointer, 'Buttons are a list.')];
  const seen = new Set<number>();
  return given.flatMap((button: unknown, place) => {
    const at = `${pointer}/${place}`;
    if (!isJsonObject(button)) return [wrongType(at, 'A button is an object with its index.')];
    const { index } = button;
    if (typeof index !== 'number' || !required.buttons.some((one) => one.index === index)) {
      const count = buttonsOf(template.components).length;
      return [unexpected(`${at}/index`, `None of the ${count} buttons with this index takes a value.`)];
    }
    if (seen.has(index)) return [unexpected(`${at}/index`, 'This button is given twice.')];
    seen.add(index);
    return [];
  });
}

/** The member that a button of each kind takes, and how long it may be. */
export const BUTTON_FIELDS: Readonly<Record<ButtonKind, { field: string; limit: number }>> = {
  url: { field: 'text', limit: URL_LIMIT },
  quick_reply: { field: 'payload', limit: PAYLOAD_LIMIT },
  copy_code: { field: 'couponCode', limit: COUPON_CODE_LIMIT },
  flow: { field: 'flowToken', limit: PAYLOAD_LIMIT },
};

function checkButtons(
  template: TemplateDefinition,
  required: RequiredParameters,
  given: TemplateParameters,
  pointer: string,
): FieldError[] {
  const values = buttonValues(template, given);
  return required.buttons.flatMap(({ index, kind, required: needed }) => {
    const place = values.findIndex((value) => value.index === index);
    const button = values[place] as unknown;
    const { field, limit } = BUTTON_FIELDS[kind];
    if (!isJsonObject(button)) {
      return needed ? [missing(pointer, `Button ${index} needs a ${field}.`)] : [];
    }
    const at = `${pointer}/${place}/${field}`;
    const value = button[field];
    if (value === undefined)
      return needed || kind === 'quick_reply' ? [missing(at, `Button ${index} needs a ${field}.`)] : [];
    const errors = checkText(value, at);
    return errors.length === 0 && String(value).length > limit ? [tooLong(at, limit)] : errors;
  });
}

function checkLengths(template: TemplateDefinition, given: TemplateParameters, at: string, textLimit: number): FieldError[] {
  const { body, header } = renderTemplate(template, given);
  const code = template.category === 'AUTHENTICATION' ? [...valuesByName(given.body).values()][0] : undefined;
  return [
    ...((header?.length ?? 0) > HEADER_TEXT_LIMIT ? [tooLong(`${at}/header`, HEADER_TEXT_LIMIT)] : []),
    ...(body.length > textLimit ? [tooLong(`${at}/body`, textLimit)] : []),
    ...(code !== undefined && code.length > ONE_TIME_CODE_LIMIT ? [tooLong(`${at}/body`, ONE_TIME_CODE_LIMIT)] : []),
  ];
}

function fault(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}

function missing(pointer: string, detail: string): FieldError {
  return fault(pointer, 'parameter.missing', detail);
}

function unexpected(pointer: string, detail: string): FieldError {
  return fault(pointer, 'parameter.unexpected', detail);
}

function wrongType(pointer: string, detail: string): FieldError {
  return fault(pointer, 'parameter.wrong-type', detail);
}

function tooLong(pointer: string, limit: number): FieldError {
  return fault(pointer, 'parameter.too-long', `At most ${limit} characters are possible here, variables filled in.`);
}
