import type { FieldError } from './domain-error.js';
import { isJsonObject, type JsonObject, type JsonValue, pointerToken } from './json.js';
import { normalizeLanguage } from './template.js';
import type { TemplateParameters } from './template-parameters.js';

/** A value of a template: the same text for everybody, or a field of the recipient, with what stands in for a missing one. */
export type CampaignValue = string | { field: string; default?: string };

/** What recipients of one locale get. `parameters` has the form of a message's, with a CampaignValue for each text. */
export interface CampaignTemplate {
  name: string;
  /** Without it, the locale's. */
  language?: string;
  parameters?: JsonObject;
}

/** One of the messages that a campaign compares; a campaign that compares nothing has one, with 100 percent. */
export interface CampaignVariant {
  name: string;
  percent: number;
  /** For recipients whose locale is not known, or has no template. */
  defaultLocale: string;
  templates: Readonly<Record<string, CampaignTemplate>>;
}

/** What a recipient's message is made from. */
export interface RecipientFacts {
  locale: string;
  fields: Readonly<Record<string, string>> | null;
}

export type CampaignContent =
  | { ok: true; name: string; language: string; parameters: TemplateParameters | undefined }
  /** Fields that the recipient lacks, without a default. */
  | { ok: false; missing: readonly string[] };

const MOST_VARIANTS = 5;
const MOST_LOCALES = 50;
/** So many recipients in a row are split exactly by the percentages. */
const BLOCK = 100;

/**
 * The variant of the recipient at this position, by its place in the list. Every hundred recipients in a row hold exactly
 * as many of each as its percentage says, in an order that the campaign's id shuffles, so that no order of the audience
 * (pairs, sorted names) favours one. The same recipient always gets the same.
 */
export function variantAt(campaignId: string, variants: readonly Pick<CampaignVariant, 'percent'>[], position: number): number {
  if (variants.length < 2) return 0;
  const slot = shuffled(`${campaignId}:${Math.floor(position / BLOCK)}`)[position % BLOCK] ?? 0;
  let upTo = 0;
  const at = variants.findIndex(({ percent }) => slot < (upTo += percent));
  return at < 0 ? variants.length - 1 : at;
}

/** What a recipient gets of a variant: the template of the locale, filled in. */
export function campaignContent(variant: CampaignVariant, recipient: RecipientFacts): CampaignContent {
  const locale = chooseLocale(variant, recipient.locale);
  const template = variant.templates[locale]!;
  const missing = new Set<string>();
  const parameters = template.parameters && fill(template.parameters, (field) => ownValue(recipient.fields, field), missing);
  if (missing.size > 0) return { ok: false, missing: [...missing] };
  const language = normalizeLanguage(template.language ?? locale);
  return { ok: true, name: template.name, language, parameters: parameters as TemplateParameters | undefined };
}

/** The locale itself, else one of the same language, else the default. */
export function chooseLocale({ templates, defaultLocale }: CampaignVariant, asked: string): string {
  if (asked === '') return defaultLocale;
  const locale = normalizeLanguage(asked);
  const known = Object.keys(templates);
  const languageOf = (name: string): string => normalizeLanguage(name).split('_', 1)[0] ?? '';
  return (
    known.find((name) => normalizeLanguage(name) === locale) ??
    known.find((name) => normalizeLanguage(name) === languageOf(locale)) ??
    known.find((name) => languageOf(name) === languageOf(locale)) ??
    defaultLocale
  );
}

/** Every template that a campaign may send, with its place; values that differ by recipient hold their field's name. */
export function campaignTemplates(variants: readonly CampaignVariant[], root = '/variants') {
  return variants.flatMap((variant, at) =>
    Object.entries(variant.templates).map(([locale, template]) => ({
      pointer: `${root}/${at}/templates/${pointerToken(locale)}`,
      name: template.name,
      language: normalizeLanguage(template.language ?? locale),
      sample: template.parameters && (fill(template.parameters, (field) => field, new Set()) as TemplateParameters),
    })),
  );
}

/** What is wrong with the variants of a request, beyond the types of their fields. */
export function checkVariants(variants: readonly CampaignVariant[], root = '/variants'): FieldError[] {
  if (variants.length === 0 || variants.length > MOST_VARIANTS) return [fault(root, 'variants.count', `A campaign has 1 to ${MOST_VARIANTS} variants.`)];
  const sum = variants.reduce((total, { percent }) => total + percent, 0);
  const names = new Set(variants.map(({ name }) => name));
  return [
    ...(sum === 100 ? [] : [fault(root, 'variants.percent', `The percentages add up to ${sum}; they must to 100.`)]),
    ...(names.size === variants.length ? [] : [fault(root, 'variants.names', 'Each variant needs a name of its own.')]),
    ...variants.flatMap((variant, at) => checkVariant(variant, `${root}/${at}`)),
  ];
}

function checkVariant({ templates, defaultLocale }: CampaignVariant, at: string): FieldError[] {
  const entries = Object.entries(templates as Record<string, unknown>);
  if (entries.length === 0 || entries.length > MOST_LOCALES) {
    return [fault(`${at}/templates`, 'templates.count', `Give a template for 1 to ${MOST_LOCALES} locales.`)];
  }
  const hasDefault = Object.hasOwn(templates, defaultLocale);
  return [
    ...(hasDefault ? [] : [fault(`${at}/defaultLocale`, 'locale.no-template', 'The default locale has no template.')]),
    ...entries.flatMap(([locale, template]) => checkTemplate(template, locale, `${at}/templates/${pointerToken(locale)}`)),
  ];
}

function checkTemplate(template: unknown, locale: string, at: string): FieldError[] {
  if (!/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/.test(locale)) return [fault(at, 'locale.invalid', 'A locale is a code such as en or en_US.')];
  if (!isJsonObject(template)) return [fault(at, 'field.invalid', 'A template is an object with its name.')];
  const { name, language, parameters, ...others } = template;
  return [
    ...(typeof name === 'string' && name !== '' ? [] : [fault(`${at}/name`, 'field.invalid', 'name is the name of a template.')]),
    ...(language === undefined || typeof language === 'string' ? [] : [fault(`${at}/language`, 'field.invalid', 'language is a code such as en_US.')]),
    ...(parameters === undefined || isJsonObject(parameters) ? [] : [fault(`${at}/parameters`, 'field.invalid', 'parameters is an object.')]),
    ...Object.keys(others).map((key) => fault(`${at}/${pointerToken(key)}`, 'field.unknown', 'A template has name, language and parameters.')),
    ...checkValues(parameters, `${at}/parameters`),
  ];
}

/** A reference to a field is an object with `field`, and nothing beside it but `default`. */
function checkValues(value: JsonValue | undefined, at: string): FieldError[] {
  if (Array.isArray(value)) return value.flatMap((one, place) => checkValues(one, `${at}/${place}`));
  if (!isJsonObject(value)) return [];
  if (value.field === undefined) return Object.entries(value).flatMap(([key, one]) => checkValues(one, `${at}/${pointerToken(key)}`));
  const isReference = referenceOf(value) !== null;
  return isReference ? [] : [fault(at, 'field.invalid', 'A field of the recipient is {"field": name}, with or without a default text.')];
}

type ValueOf = (field: string) => string | undefined;

function ownValue(fields: RecipientFacts['fields'], field: string): string | undefined {
  return fields !== null && Object.hasOwn(fields, field) ? fields[field] : undefined;
}

function fill(value: JsonValue, valueOf: ValueOf, missing: Set<string>): JsonValue {
  if (Array.isArray(value)) return value.map((one) => fill(one, valueOf, missing));
  if (!isJsonObject(value)) return value;
  const reference = referenceOf(value);
  if (reference === null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, one === undefined ? one : fill(one, valueOf, missing)]));
  }
  const given = valueOf(reference.field);
  // An empty cell of a sheet is a missing value: Meta takes no empty parameter.
  if (given !== undefined && given.trim() !== '') return given;
  if (reference.default === undefined) missing.add(reference.field);
  return reference.default ?? '';
}

function referenceOf(value: JsonObject): { field: string; default?: string } | null {
  const { field, default: fallback, ...others } = value;
  if (typeof field !== 'string' || Object.keys(others).length > 0) return null;
  if (fallback !== undefined && typeof fallback !== 'string') return null;
  return { field, ...(fallback !== undefined && { default: fallback }) };
}

/** 0 to 99 in an order that the seed fixes: Fisher-Yates over a small generator (mulberry32), seeded by FNV-1a. */
function shuffled(seed: string): number[] {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at += 1) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
  const order = Array.from({ length: BLOCK }, (_, place) => place);
  for (let last = BLOCK - 1; last > 0; last -= 1) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const other = ((mixed ^ (mixed >>> 14)) >>> 0) % (last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

function fault(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}
