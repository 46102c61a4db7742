import {
  FormatFault,
  formatDate,
  formatDateTime,
  formatList,
  formatMoney,
  formatNumber,
  formatPhone,
  formatPlural,
  formatText,
  formatTime,
  type FormatContext,
  type PluralForms,
} from '@parley/domain';
import type { Context, Liquid } from 'liquidjs';

/** Where the globals of a rendering carry its format: no expression can name a symbol. */
export const FORMAT: unique symbol = Symbol('format');

/** What of Liquid's own is of use in one line of text. The rest is gone: files, layouts, hashes, code in expressions. */
const KEPT_TAGS: ReadonlySet<string> = new Set(['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'comment', 'raw', '#']);
const KEPT_FILTERS: ReadonlySet<string> = new Set([
  ...['default', 'size', 'first', 'last', 'join', 'map', 'where', 'sort', 'uniq', 'compact', 'reverse', 'slice', 'sum', 'concat', 'split'],
  ...['append', 'prepend', 'upcase', 'downcase', 'capitalize', 'strip', 'replace', 'remove', 'truncate', 'url_encode'],
  ...['plus', 'minus', 'times', 'divided_by', 'modulo', 'round', 'floor', 'ceil', 'abs', 'at_least', 'at_most'],
]);

type Argument = unknown;
type Format = (value: unknown, context: FormatContext, args: readonly Argument[]) => string;

const FORMATS: Readonly<Record<string, Format>> = {
  money: (value, context, [currency]) => formatMoney(value, context, currency),
  number: (value, context, [decimals]) => formatNumber(value, context, decimals),
  date: (value, context, [style]) => formatDate(value, context, style),
  time: (value, context) => formatTime(value, context),
  datetime: (value, context, [style]) => formatDateTime(value, context, style),
  plural: (value, context, args) => formatPlural(value, pluralForms(args), context),
  list: (value, context, [type]) => formatList(value, context, type),
  phone: (value) => formatPhone(value),
  text: (value, context, [longest]) => formatText(textOf(value), context, longest),
};

/** The names of the filters that Parley adds, for the documentation and its tests. */
export const FORMAT_FILTERS: readonly string[] = Object.keys(FORMATS);

/** Takes from an engine what no expression needs, and gives it the formats of ours. */
export function furnish(engine: Liquid): void {
  for (const name of Object.keys(engine.tags)) if (!KEPT_TAGS.has(name)) delete engine.tags[name];
  for (const name of Object.keys(engine.filters)) if (!KEPT_FILTERS.has(name)) engine.unregisterFilter(name);
  for (const [name, format] of Object.entries(FORMATS)) {
    engine.registerFilter(name, function (this: { context: Context }, value: unknown, ...args: Argument[]) {
      const context = (this.context.globals as Readonly<Record<symbol, FormatContext>>)[FORMAT];
      const written = format(value, context!, args);
      this.context.memoryLimit.use(written.length);
      return written;
    });
  }
}

const FORMS_BY_PLACE: Readonly<Record<number, readonly Intl.LDMLPluralRule[]>> = { 1: ['other'], 2: ['one', 'other'], 3: ['one', 'few', 'other'] };

/** `plural: "produs", "produse"`, or by name: `plural: one: "produs", few: "produse", other: "de produse"`. */
function pluralForms(args: readonly Argument[]): PluralForms {
  const named = args.filter((arg): arg is [string, unknown] => Array.isArray(arg) && arg.length === 2);
  const entries = named.length > 0 ? named : args.map((form, place) => [FORMS_BY_PLACE[args.length]?.[place], form] as const);
  if (!entries.every(([category, form]) => typeof category === 'string' && typeof form === 'string')) {
    throw new FormatFault('A plural takes one to three forms, such as plural: "produs", "produse", or one, few and other by name.');
  }
  return Object.fromEntries(entries) as PluralForms;
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new FormatFault('This must be a text.');
}
