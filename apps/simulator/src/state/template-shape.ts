import { isJsonObject, type JsonObject } from '../json.js';
import type { ParameterFormat, TemplateCategory } from './account.js';

export const MEDIA_HEADERS = ['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'GIF', 'PRODUCT'] as const;
export type MediaHeader = (typeof MEDIA_HEADERS)[number];

/** A button of a template, in its place; `parameter` names what a send has to give for it. */
export interface ButtonShape {
  readonly type: string;
  readonly parameter: ButtonParameter | null;
  /** Whether a send may leave the parameter out. */
  readonly isOptional: boolean;
}

/** What a button takes: a text, a coupon, a payload of the sender's, or an action. */
export type ButtonParameter = 'text' | 'coupon_code' | 'payload' | 'action';

/** What a send of a template has to bring: derived once from the components, checked on every send. */
export interface TemplateShape {
  readonly format: ParameterFormat;
  readonly headerVariables: readonly string[];
  readonly headerMedia: MediaHeader | null;
  readonly bodyVariables: readonly string[];
  readonly bodyText: string;
  readonly buttons: readonly ButtonShape[];
  /** Each card of a carousel, which is a small template by itself. */
  readonly cards: readonly TemplateShape[];
  /** Whether a send has to say when the offer ends. */
  readonly offerExpires: boolean;
  /** Whether its one variable is a code. */
  readonly isOneTimePassword: boolean;
}

const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;

/** The variables of a text, each once, in the order of their first use. */
export function variablesOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(VARIABLE), (match) => match[1] as string))];
}

/** The text with each variable replaced. */
export function hydrate(text: string, valueOf: (variable: string) => string): string {
  return text.replace(VARIABLE, (_placeholder, variable: string) => valueOf(variable));
}

/** Derives what a send has to bring from a template's components. */
export function templateShape(
  components: readonly JsonObject[],
  format: ParameterFormat,
  category: TemplateCategory,
): TemplateShape {
  const header = component(components, 'HEADER');
  const body = component(components, 'BODY');
  const buttons = component(components, 'BUTTONS')?.['buttons'];
  const headerFormat = upper(header?.['format'] ?? 'TEXT');
  const bodyText = text(body?.['text']);
  // The text of an authentication template is Meta's own: it has exactly one variable, the code.
  const ownText = bodyText === '' && category === 'AUTHENTICATION';
  const cards = component(components, 'CAROUSEL')?.['cards'];
  const offer = component(components, 'LIMITED_TIME_OFFER')?.['limited_time_offer'];
  return {
    format,
    headerVariables: headerFormat === 'TEXT' ? variablesOf(text(header?.['text'])) : [],
    headerMedia: MEDIA_HEADERS.find((media) => media === headerFormat) ?? null,
    bodyVariables: ownText ? ['1'] : variablesOf(bodyText),
    bodyText,
    buttons: Array.isArray(buttons) ? buttons.filter(isJsonObject).map(buttonShape) : [],
    cards: Array.isArray(cards) ? cards.filter(isJsonObject).map((card) => cardShape(card, format, category)) : [],
    offerExpires: isJsonObject(offer) && offer['has_expiration'] === true,
    isOneTimePassword: category === 'AUTHENTICATION',
  };
}

function cardShape({ components }: JsonObject, format: ParameterFormat, category: TemplateCategory): TemplateShape {
  return templateShape(Array.isArray(components) ? components.filter(isJsonObject) : [], format, category);
}

function buttonShape(button: JsonObject): ButtonShape {
  const type = upper(button['type']);
  switch (type) {
    // Meta turns the button of a one-time password into a URL button whose variable is the code.
    case 'OTP':
      return { type: 'URL', parameter: 'text', isOptional: false };
    case 'URL':
      return variablesOf(text(button['url'])).length > 0
        ? { type, parameter: 'text', isOptional: false }
        : { type, parameter: null, isOptional: true };
    case 'COPY_CODE':
      return { type, parameter: 'coupon_code', isOptional: false };
    case 'QUICK_REPLY':
      return { type, parameter: 'payload', isOptional: true };
    case 'MPM':
      return { type, parameter: 'action', isOptional: false };
    case 'FLOW':
    case 'CATALOG':
    case 'ORDER_DETAILS':
      return { type, parameter: 'action', isOptional: true };
    default:
      return { type, parameter: null, isOptional: true };
  }
}

function component(components: readonly JsonObject[], type: string): JsonObject | undefined {
  return components.find((candidate) => upper(candidate['type']) === type);
}

function upper(value: unknown): string {
  return text(value).toUpperCase();
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
