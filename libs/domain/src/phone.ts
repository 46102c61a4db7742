import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { InvalidPhone } from './domain-error.js';

/** A phone number as `+` and 7 to 15 digits. */
export type E164 = string;

const LONGEST_INPUT = 40;
const MEXICAN_MOBILE_PREFIX = /^\+521(\d{10})$/;

/**
 * The number in E.164. Without `defaultCountry` (ISO 3166, two letters) the text must start with `+`.
 *
 * Uses the small metadata and asks whether the number is possible (calling code and length), not whether its range is
 * assigned today: ranges change faster than a library's data, Meta's own test numbers (+1 555) lie in none, and accounts
 * of older Brazilian numbers keep a form that is no longer assigned. Whether someone is there, only Meta can say.
 *
 * @throws InvalidPhone (with the pointer given) when no such number can exist.
 */
export function parsePhone(input: string, defaultCountry?: string, pointer?: string): E164 {
  return readPhone(input, defaultCountry, pointer).phone;
}

/** The same with the country that the number is of (ISO 3166), or null where its calling code is nobody's own. */
export function readPhone(input: string, defaultCountry?: string, pointer?: string): { phone: E164; country: string | null } {
  if (input.length > LONGEST_INPUT) throw new InvalidPhone('The phone number is too long.', pointer);
  const country = defaultCountry?.toUpperCase() as CountryCode | undefined;
  const known = country !== undefined && isSupportedCountry(country, metadata) ? country : undefined;
  if (!known && !input.trimStart().startsWith('+')) {
    throw new InvalidPhone('The phone number must start with + and the country calling code.', pointer);
  }
  const canonical = withoutMexicanPrefix(input.replace(/[\s().-]/g, ''));
  const parsed = parsePhoneNumberFromString(canonical, { defaultCountry: known, extract: false }, metadata);
  if (!parsed?.isPossible() || parsed.ext !== undefined) {
    throw new InvalidPhone('The phone number has an unknown calling code or a wrong length.', pointer);
  }
  return { phone: parsed.number, country: parsed.country ?? null };
}

/** The country of a phone number in E.164 (ISO 3166), or null. */
export function countryOfPhone(phone: E164): string | null {
  return parsePhoneNumberFromString(phone, { extract: false }, metadata)?.country ?? null;
}

/**
 * The E.164 form of a WhatsApp id (digits without `+`), or null when it is none: users with a username are known by a
 * business-scoped id only. A wa_id is never refused for its range, since Meta has just used it.
 */
export function waIdToE164(waId: string): E164 | null {
  return /^\d{7,15}$/.test(waId) ? withoutMexicanPrefix(`+${waId}`) : null;
}

/** The country of a number in E.164 (ISO 3166, two letters); null where several share its calling code and it fits none. */
export function countryOf(phone: E164): string | null {
  return parsePhoneNumberFromString(phone, { extract: false }, metadata)?.country ?? null;
}

/** For logs: `+40•••••123`. The number of dots says nothing about the length. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 7 ? '•••••' : `+${digits.slice(0, 2)}•••••${digits.slice(-3)}`;
}

/** Mexico dropped the mobile prefix 1 in 2019; WhatsApp ids still carry it. Both are one number. */
function withoutMexicanPrefix(phone: E164): E164 {
  return phone.replace(MEXICAN_MOBILE_PREFIX, '+52$1');
}
