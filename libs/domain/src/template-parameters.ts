import { isJsonObject, type JsonObject, listOf, textOf } from './json.js';
import { buttonsOf, componentsOf, type ParameterFormat, type TemplateDefinition, variablesIn } from './template.js';

/** A picture, video or document of a header: an uploaded media id, or a link that Meta fetches. Exactly one of them. */
export interface HeaderMedia {
  id?: string;
  link?: string;
  /** Documents only: the name the customer sees. */
  filename?: string;
}

export interface HeaderLocation {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

/** Values for variables: a list for {{1}}, {{2}}, …; an object for named variables. */
export type TextParameters = readonly string[] | Readonly<Record<string, string>>;

export type HeaderParameters =
  | TextParameters
  | { image: HeaderMedia }
  | { video: HeaderMedia }
  | { document: HeaderMedia }
  | { location: HeaderLocation };

/** What one button takes. `index` is its place among all buttons of the template, from 0. */
export interface ButtonParameters {
  index: number;
  /** URL button: what its variable at the end of the address becomes (one-time password: the code). */
  text?: string;
  /** Quick reply: what comes back when the customer taps it; without it, the button's own text. */
  payload?: string;
  /** Coupon button: the code to copy. */
  couponCode?: string;
  /** Flow button. */
  flowToken?: string;
  flowActionData?: JsonObject;
}

/** What one card of a carousel takes. */
export interface CardParameters {
  header?: HeaderParameters;
  body?: TextParameters;
  buttons?: readonly ButtonParameters[];
}

/** `template.parameters` of a request. */
export interface TemplateParameters extends CardParameters {
  /** One for each card of a carousel, in order. */
  cards?: readonly CardParameters[];
}

export const MEDIA_HEADERS = ['image', 'video', 'document'] as const;

export type MediaHeader = (typeof MEDIA_HEADERS)[number];

const HEADER_OBJECTS = [...MEDIA_HEADERS, 'location'] as const;

export interface RequiredParameters {
  header: { kind: 'none' | 'text' | MediaHeader | 'location'; names: string[] };
  /** Names of the variables of the body: `1`, `2`, … in order, or words. */
  body: string[];
  /** Buttons that take something; `required` ones must be given. */
  buttons: { index: number; kind: ButtonKind; required: boolean }[];
  /** The components of each card of a carousel, which is a small template itself; empty where there is none. */
  cards: readonly (readonly unknown[])[];
  /** Components that need a form of parameters which we do not send. */
  unsupported: string[];
}

export type ButtonKind = 'url' | 'quick_reply' | 'copy_code' | 'flow';

const UNSUPPORTED_COMPONENTS = ['LIMITED_TIME_OFFER'];
const UNSUPPORTED_BUTTONS = ['MPM', 'SPM', 'ORDER_DETAILS'];
const BUTTON_KINDS: Readonly<Record<string, ButtonKind>> = {
  URL: 'url',
  // Shown as OTP until Meta turns it into a URL button.
  OTP: 'url',
  QUICK_REPLY: 'quick_reply',
  COPY_CODE: 'copy_code',
  FLOW: 'flow',
};

/** By the components of a definition, which never change: thousands of sends a second ask for the same few. */
const KNOWN: Readonly<Record<ParameterFormat, WeakMap<readonly unknown[], RequiredParameters>>> = {
  POSITIONAL: new WeakMap(),
  NAMED: new WeakMap(),
};

/** What a send of this template must give. The components must not be changed afterwards. */
export function requiredParameters(components: readonly unknown[], format: ParameterFormat): RequiredParameters {
  const known = KNOWN[format].get(components);
  if (known) return known;
  const required = readRequiredParameters(components, format);
  KNOWN[format].set(components, required);
  return required;
}

function readRequiredParameters(components: readonly unknown[], format: ParameterFormat): RequiredParameters {
  const [header] = componentsOf(components, 'HEADER');
  const bodyText = textOf(componentsOf(components, 'BODY')[0]?.text) ?? '';
  const buttons = buttonsOf(components).map((button, index) => ({ button, index, type: buttonType(button) }));
  const cards = cardsOf(components);
  return {
    header: requiredHeader(header, format),
    body: variableNames(bodyText, format),
    buttons: buttons.flatMap(({ button, index, type }) => {
      const kind = Object.hasOwn(BUTTON_KINDS, type) ? BUTTON_KINDS[type] : undefined;
      const required = kind === 'copy_code' || (kind === 'url' && takesUrlText(button));
      return kind && (kind !== 'url' || required) ? [{ index, kind, required }] : [];
    }),
    cards,
    unsupported: [
      ...cards.flatMap((card) => requiredParameters(card, format).unsupported.map((part) => `cards with ${part}`)).slice(0, 1),
      ...UNSUPPORTED_COMPONENTS.filter((type) => componentsOf(components, type).length > 0),
      ...UNSUPPORTED_BUTTONS.filter((type) => buttons.some((button) => button.type === type)),
      ...unsupportedHeader(header),
    ],
  };
}

/** The values by variable name, whichever way they were given. */
export function valuesByName(given: TextParameters | undefined): Map<string, string> {
  if (given === undefined) return new Map();
  return Array.isArray(given)
    ? new Map(given.map((value: string, place) => [String(place + 1), value]))
    : new Map(Object.entries(given as Record<string, string>));
}

/** The text parameters of a header; undefined where it carries media or a location. */
export function headerTexts(given: HeaderParameters | undefined): TextParameters | undefined {
  return given === undefined || headerObject(given) ? undefined : (given as TextParameters);
}

/**
 * What the buttons take, one for each that needs something. An authentication template's button repeats the code of the
 * body, so it need not be given twice.
 */
export function buttonValues(template: TemplateDefinition, given: TemplateParameters): ButtonParameters[] {
  const stated = [...(given.buttons ?? [])];
  if (template.category !== 'AUTHENTICATION') return stated;
  const [code] = valuesByName(given.body).values();
  const { buttons } = requiredParameters(template.components, template.parameterFormat);
  const implied = buttons.filter(({ kind, index }) => kind === 'url' && !stated.some((one) => one.index === index));
  return code === undefined ? stated : [...stated, ...implied.map(({ index }) => ({ index, text: code }))];
}

/** The media or location of a header given as `{image: {…}}` and the like, with the name of its kind. */
export function headerObject(given: unknown): { kind: MediaHeader | 'location'; value: JsonObject } | null {
  if (!isJsonObject(given)) return null;
  for (const kind of HEADER_OBJECTS) {
    const value = given[kind];
    if (isJsonObject(value)) return { kind, value };
  }
  return null;
}

function requiredHeader(header: JsonObject | undefined, format: ParameterFormat): RequiredParameters['header'] {
  const shape = textOf(header?.format)?.toLowerCase() ?? 'none';
  const object = HEADER_OBJECTS.find((kind) => kind === shape);
  if (object) return { kind: object, names: [] };
  const names = variableNames(textOf(header?.text) ?? '', format);
  return { kind: names.length > 0 ? 'text' : 'none', names };
}

/** The components of each card. The lists are those of the definition, by which their requirements are remembered. */
function cardsOf(components: readonly unknown[]): (readonly unknown[])[] {
  return componentsOf(components, 'CAROUSEL')
    .flatMap((carousel) => listOf(carousel.cards))
    .map((card) => (isJsonObject(card) && Array.isArray(card.components) ? (card.components as unknown[]) : []));
}

function unsupportedHeader(header: JsonObject | undefined): string[] {
  const format = textOf(header?.format)?.toUpperCase() ?? 'TEXT';
  return format === 'TEXT' || HEADER_OBJECTS.some((kind) => kind.toUpperCase() === format) ? [] : [`HEADER ${format}`];
}

/** Positional variables count from 1 without gaps, wherever in the text the highest one stands. */
function variableNames(text: string, format: ParameterFormat): string[] {
  const names = variablesIn(text);
  if (format === 'NAMED') return names;
  const highest = Math.max(0, ...names.map(Number).filter(Number.isSafeInteger));
  return Array.from({ length: highest }, (_, place) => String(place + 1));
}

function buttonType(button: JsonObject): string {
  return textOf(button.type)?.toUpperCase() ?? '';
}

function takesUrlText(button: JsonObject): boolean {
  return buttonType(button) === 'OTP' || variablesIn(textOf(button.url) ?? '').length > 0;
}
