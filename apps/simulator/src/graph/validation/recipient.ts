import { validatePhoneNumberLength } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

const SEPARATORS = /[\s\-()]/g;
const PHONE = /^(\+?)(\d{5,15})$/;

/**
 * The digits of a recipient: `+`, `-`, spaces and parentheses are let through, and a number that is not an
 * international one gets the business number's country code, as Meta does.
 * @returns undefined for what is no phone number
 */
export function recipientDigits(input: string, callingCode: string): string | undefined {
  const [, plus, digits] = PHONE.exec(input.replace(SEPARATORS, '')) ?? [];
  if (digits === undefined) return undefined;
  if (plus === '+' || validatePhoneNumberLength(`+${digits}`, metadata) === undefined) return digits;
  return `${callingCode}${digits}`;
}
