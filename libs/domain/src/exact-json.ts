import { parse as parseLossless } from 'lossless-json';

/** Only integers of 16 digits and more can lose digits; the faster built-in parser reads everything else. */
const LONG_INTEGER = /(?:^|[:,[])\s*-?\d{16,}/;

/**
 * Reads JSON as JSON.parse does, but keeps integers that a double cannot hold as text: they are ids.
 *
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG_INTEGER.test(text)) return value;
  try {
    return parseLossless(text, null, exactNumber);
  } catch {
    // It refuses doubled members and very deep nesting, which JSON.parse lets pass.
    return value;
  }
}

function exactNumber(literal: string): number | string {
  const value = Number(literal);
  return /^-?\d+$/.test(literal) && !Number.isSafeInteger(value) ? literal : value;
}
