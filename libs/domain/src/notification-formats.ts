import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { instantOfLocal, isLocalTime } from './campaign-schedule.js';
import { normalizeLanguage } from './template.js';
import { dropInvalidText } from './text.js';

/** For whom something is written. */
export interface FormatContext {
  /** BCP 47: `ro`, `en-US`. */
  readonly locale: string;
  /** IANA: `Europe/Bucharest`. */
  readonly timeZone: string;
  /** ISO 4217, where an amount brings none. */
  readonly currency: string;
}

/** A value that cannot be written as was asked. The text is for the tenant and never quotes the value. */
export class FormatFault extends Error {
  override readonly name = 'FormatFault';
}

const DATE_STYLES = ['short', 'medium', 'long', 'full'] as const;
const AMOUNT = /^-?\d{1,15}(\.\d{1,6})?$/;
const CALENDAR_DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const MOST_LISTED = 100;

/** The locale of a template's language (`en_US` → `en-US`); English for one that nobody can write. */
export function localeOf(language: string): string {
  const locale = normalizeLanguage(language).replaceAll('_', '-');
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0 ? locale : 'en';
  } catch {
    return 'en';
  }
}

/**
 * An amount of money: `125,50 lei` in Romanian, `RON 125.50` in English. Romanian writes its own currency as people
 * say it, `lei`; every other currency stands as the locale writes it. Spaces are plain ones.
 * @param currency ISO 4217
 */
export function formatMoney(value: unknown, { locale, currency: usual }: FormatContext, currency?: unknown): string {
  const code = currencyOf(currency ?? usual);
  const currencyDisplay = isRomanian(locale) && code === 'RON' ? 'narrowSymbol' : 'symbol';
  return plainSpaces(new Intl.NumberFormat(locale, { style: 'currency', currency: code, currencyDisplay }).format(amountOf(value)));
}

/** A number in the manner of the locale, with at most so many decimals. */
export function formatNumber(value: unknown, { locale }: FormatContext, decimals: unknown = 3): string {
  const maximumFractionDigits = Number(decimals);
  if (!Number.isInteger(maximumFractionDigits) || maximumFractionDigits < 0 || maximumFractionDigits > 6) throw new FormatFault('A number has 0 to 6 decimals.');
  return plainSpaces(new Intl.NumberFormat(locale, { maximumFractionDigits }).format(amountOf(value)));
}

/** The day, in the tenant's zone: `7 noiembrie 2026`. */
export function formatDate(value: unknown, { locale, timeZone }: FormatContext, style: unknown = 'long'): string {
  const dateStyle = dateStyleOf(style);
  // A day of the calendar is the same day everywhere.
  if (typeof value === 'string' && CALENDAR_DAY.test(value)) return write(instantOf(`${value}T00:00:00Z`, 'UTC'), locale, { dateStyle, timeZone: 'UTC' });
  return write(instantOf(value, timeZone), locale, { dateStyle, timeZone });
}

/** The time of day, in the tenant's zone: `19:30`, `7:30 PM`. */
export function formatTime(value: unknown, { locale, timeZone }: FormatContext): string {
  return write(instantOf(value, timeZone), locale, { timeStyle: 'short', timeZone });
}

/** Day and time, in the tenant's zone: `7 noiembrie 2026 la 19:30`. */
export function formatDateTime(value: unknown, { locale, timeZone }: FormatContext, style: unknown = 'long'): string {
  return write(instantOf(value, timeZone), locale, { dateStyle: dateStyleOf(style), timeStyle: 'short', timeZone });
}

/** The forms of a noun by the categories of Unicode. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>>;

/**
 * A count with its noun: `1 produs`, `3 produse`, `20 de produse`. Romanian puts "de" between a count of its category
 * "other" (20 to 100, 120 to 200, …) and the noun; it is set here where the form does not bring it.
 */
export function formatPlural(count: unknown, forms: PluralForms, { locale }: FormatContext): string {
  const amount = Number(amountOf(count));
  const category = new Intl.PluralRules(locale).select(amount);
  const form = forms[category] ?? forms.other ?? forms.many ?? forms.few ?? forms.one;
  if (form === undefined) throw new FormatFault('A plural needs the forms of its noun, such as plural: "produs", "produse".');
  const noun = isRomanian(locale) && category === 'other' && !/^de\s/i.test(form) ? `de ${form}` : form;
  return `${plainSpaces(new Intl.NumberFormat(locale).format(amount))} ${noun}`;
}

/** Things in a row: `Pizza, Paste și Tiramisu`. @param type `and` or `or` */
export function formatList(values: unknown, { locale }: FormatContext, type: unknown = 'and'): string {
  if (!Array.isArray(values)) throw new FormatFault('This must be a list of texts.');
  const texts = values.slice(0, MOST_LISTED).flatMap((value: unknown) => (typeof value === 'string' || typeof value === 'number' ? [String(value).trim()] : []));
  return new Intl.ListFormat(locale, { type: type === 'or' ? 'disjunction' : 'conjunction' }).format(texts.filter((text) => text !== ''));
}

/** A phone number as people read it: `+40 723 000 111`. */
export function formatPhone(value: unknown): string {
  const phone = typeof value === 'string' && value.length <= 40 ? parsePhoneNumberFromString(value, { extract: false }, metadata) : undefined;
  if (!phone) throw new FormatFault('This must be a phone number with + and the country calling code.');
  return phone.formatInternational();
}

/**
 * Text as Meta takes it in a parameter: one line without tabs or runs of spaces. Romanian ş and ţ with a cedilla, which
 * old keyboards write, become ș and ț.
 * @param longest characters; what is over ends with an ellipsis
 */
export function formatText(value: string, { locale }: Pick<FormatContext, 'locale'>, longest?: unknown): string {
  const line = dropInvalidText(value).replace(/\s+/g, ' ').trim();
  const written = isRomanian(locale) ? withCommasBelow(line) : line;
  if (longest === undefined) return written;
  const most = Number(longest);
  if (!Number.isInteger(most) || most < 1) throw new FormatFault('The length of a text is a whole number from 1.');
  const characters = [...written];
  return characters.length <= most ? written : `${characters.slice(0, most - 1).join('').trimEnd()}…`;
}

/** An ISO 8601 time as an instant: with an offset as it says, without one by the zone's clock. */
export function instantOf(value: unknown, timeZone: string): Date {
  if (typeof value === 'string' && INSTANT.test(value)) {
    const at = new Date(value);
    if (!Number.isNaN(at.getTime())) return at;
  }
  if (typeof value === 'string') {
    const wall = CALENDAR_DAY.test(value) ? `${value}T00:00` : value.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2}(\.\d+)?)?$/, '$1');
    if (isLocalTime(wall)) return instantOfLocal(wall, timeZone);
  }
  throw new FormatFault('This must be a time such as 2026-11-07T19:30:00+02:00.');
}

const CEDILLAS: Readonly<Record<string, string>> = { ş: 'ș', ţ: 'ț', Ş: 'Ș', Ţ: 'Ț' };

function withCommasBelow(text: string): string {
  return text.normalize('NFC').replace(/[şţŞŢ]/g, (letter) => CEDILLAS[letter] ?? letter);
}

function isRomanian(locale: string): boolean {
  return /^ro\b/i.test(locale);
}

function dateStyleOf(style: unknown): (typeof DATE_STYLES)[number] {
  const known = DATE_STYLES.find((one) => one === style);
  if (known) return known;
  throw new FormatFault(`The style of a date is one of ${DATE_STYLES.join(', ')}.`);
}

function write(at: Date, locale: string, options: Intl.DateTimeFormatOptions): string {
  return plainSpaces(new Intl.DateTimeFormat(locale, options).format(at));
}

/** As text where it came as one: `0.1` stays that, however many digits there are. */
function amountOf(value: unknown): Intl.StringNumericLiteral | number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && AMOUNT.test(value)) return value as Intl.StringNumericLiteral;
  throw new FormatFault('This must be a number, or a text such as "125.50".');
}

function currencyOf(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z]{3}$/.test(value)) return value.toUpperCase();
  throw new FormatFault('A currency is three letters, such as RON.');
}

// The locales' no-break spaces look the same to people, and unlike to every search.
function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ');
}
