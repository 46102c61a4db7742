import { isJsonObject, type JsonObject } from '../json.js';
import type { ParameterFormat, TemplateCategory } from './account.js';

export const MEDIA_HEADERS = ['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'GIF'] as const;
export type MediaHeader = (typeof MEDIA_HEADERS)[number];

/** A button of a template, in its place; `parameter` names what a send has to give for it. */
export interface ButtonShape {
  readonly type: string;
  readonly parameter: 'text' | 'coupon_code' | null;
}

/** What a send of a template has to bring: derived once from the components, checked on every send. */
export interface TemplateShape {
  readonly format: ParameterFormat;
  readonly headerVariables: readonly string[];
  readonly headerMedia: MediaHeader | null;
  readonly bodyVariables: readonly string[];
  readonly bodyText: string;
  readonly buttons: readonly ButtonShape[];
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
  return {
    format,
    headerVariables: headerFormat === 'TEXT' ? variablesOf(text(header?.['text'])) : [],
    headerMedia: MEDIA_HEADERS.find((media) => media === headerFormat) ?? null,
    bodyVariables: ownText ? ['1'] : variablesOf(bodyText),
    bodyText,
    buttons: Array.isArray(buttons) ? buttons.filter(isJsonObject).map(buttonShape) : [],
  };
}

function buttonShape(button: JsonObject): ButtonShape {
  const type = upper(button['type']);
  // Meta turns the button of a one-time password into a URL button whose variable is the code.
  if (type === 'OTP') return { type: 'URL', parameter: 'text' };
  if (type === 'URL' && variablesOf(text(button['url'])).length > 0) return { type, parameter: 'text' };
  if (type === 'COPY_CODE') return { type, parameter: 'coupon_code' };
  return { type, parameter: null };
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
