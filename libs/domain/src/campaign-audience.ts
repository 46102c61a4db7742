import { isJsonObject } from './json.js';
import { DomainError } from './domain-error.js';
import { isTimeZone } from './campaign-schedule.js';
import { type E164, readPhone } from './phone.js';
import { isInvalidText } from './text.js';

/** One recipient as a caller gives it, in a list or as a row of a file. Exactly one of `to` and `contactId`. */
export interface AudienceEntry {
  to?: string;
  contactId?: string;
  /** Which of the campaign's templates; without it, or without such a template, the default locale's. */
  locale?: string;
  /** Of a schedule by local time; without it by the country of the phone number. */
  timeZone?: string;
  /** Values for the template, by name. */
  fields?: Record<string, string>;
}

/** A recipient that was read. */
export interface AudienceRow {
  phone: E164 | null;
  /** Of the phone number, ISO 3166. */
  country: string | null;
  contactId: string | null;
  locale: string;
  /** Empty: nobody said. */
  timeZone: string;
  fields: Readonly<Record<string, string>> | null;
}

/** Why an entry is not taken, in words. */
export const AUDIENCE_FAULTS = {
  'recipient.not-one': 'Give to, a phone number, or contactId; one of them.',
  'phone.invalid': 'The phone number is not valid; give it in E.164, such as +40712345678.',
  'contact.not-found': 'There is no such contact.',
  'recipient.duplicate': 'This recipient is in the audience already.',
  'time-zone.unknown': 'The time zone is not known; name it like Europe/Bucharest.',
  'locale.invalid': 'The locale is a code such as en or en_US.',
  'fields.invalid': 'fields is an object of texts: at most 50, each of at most 1,024 characters.',
  'text.invalid-character': 'The row holds a character that cannot be stored, or that the encoding of the file does not have.',
  'row.columns': 'The row has more cells than the first line has names.',
} as const;

export type AudienceFault = keyof typeof AUDIENCE_FAULTS;

/** The member of an entry that a fault is about, as a JSON pointer. */
export const AUDIENCE_FAULT_POINTERS: Readonly<Record<AudienceFault, string>> = {
  'recipient.not-one': '',
  'phone.invalid': '/to',
  'contact.not-found': '/contactId',
  'recipient.duplicate': '',
  'time-zone.unknown': '/timeZone',
  'locale.invalid': '/locale',
  'fields.invalid': '/fields',
  'text.invalid-character': '',
  'row.columns': '',
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const LOCALE = /^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/;
const MOST_FIELDS = 50;
const LONGEST_FIELD = 1_024;

/**
 * Reads one entry of an audience, whatever it is.
 * @param country ISO 3166, for phone numbers without `+`
 */
export function readAudienceEntry(entry: unknown, country?: string): AudienceRow | AudienceFault {
  if (!isJsonObject(entry)) return 'recipient.not-one';
  const { to, contactId, locale, timeZone, fields } = entry;
  if ((to ?? null) === null ? typeof contactId !== 'string' : (contactId ?? null) !== null || typeof to !== 'string') return 'recipient.not-one';
  if (locale !== undefined && (typeof locale !== 'string' || !LOCALE.test(locale))) return 'locale.invalid';
  if (timeZone !== undefined && (typeof timeZone !== 'string' || !isKnownZone(timeZone))) return 'time-zone.unknown';
  const texts = readFields(fields);
  if (typeof texts === 'string') return texts;
  const person = typeof to === 'string' ? readTo(to, country) : readContactId(String(contactId));
  if (typeof person === 'string') return person;
  return { ...person, locale: locale ?? '', timeZone: timeZone ?? '', fields: texts };
}

type Person = Pick<AudienceRow, 'phone' | 'country' | 'contactId'>;

function readTo(to: string, country: string | undefined): Person | AudienceFault {
  try {
    return { ...readPhone(to, country), contactId: null };
  } catch (error) {
    if (error instanceof DomainError) return 'phone.invalid';
    throw error;
  }
}

function readContactId(contactId: string): Person | AudienceFault {
  return UUID.test(contactId) ? { phone: null, country: null, contactId: contactId.toLowerCase() } : 'contact.not-found';
}

function readFields(fields: unknown): Record<string, string> | null | AudienceFault {
  if (fields === undefined || fields === null) return null;
  if (!isJsonObject(fields)) return 'fields.invalid';
  const entries = Object.entries(fields);
  if (entries.length > MOST_FIELDS) return 'fields.invalid';
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || value.length > LONGEST_FIELD || name.length > LONGEST_FIELD) return 'fields.invalid';
    if (isInvalidText(value) || isInvalidText(name)) return 'text.invalid-character';
  }
  return entries.length === 0 ? null : (fields as Record<string, string>);
}

const ZONES = new Map<string, boolean>();
const MOST_ZONES = 1_000;

/** An audience names a handful of zones a million times. */
function isKnownZone(name: string): boolean {
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  if (ZONES.size >= MOST_ZONES) ZONES.clear();
  const isKnown = isTimeZone(name);
  ZONES.set(name, isKnown);
  return isKnown;
}
