import { findErrorCode, type ErrorCode } from '../graph/error-codes.js';
import { NO_FAULT, type FaultEffect } from './fault.js';
import { MAGIC_FAULTS } from './magic-faults.js';

const SUFFIX_DIGITS = 6;

/** Codes of up to three digits: 198190 asks for 190. */
const SHORT_CODES_FROM = 198_000;
/** Codes of five digits: 180007 asks for 80007. */
const MEDIUM_CODES_FROM = 100_000;
const MEDIUM_CODES: readonly number[] = [80007, 80008];

/** The digit before a code that asks for it by status, where Meta gives it both ways. */
const BY_STATUS = '9';

/** Codes that Meta gives as an answer as well as by status. */
const BOTH_WAYS: ReadonlySet<number> = new Set([
  368, 130429, 130497, 131000, 131016, 131021, 131031, 131037, 131045, 131048, 131051, 131056, 131057, 131064, 132015,
  132016, 132068, 132069, 135000,
]);

/**
 * The error that a recipient asks for by its last six digits: 15550131026 gets 131026, 15550198190 gets 190. Codes that
 * come both ways answer at once, or come by status after a 9: 15559131056.
 */
export function magicCode(phone: string): ErrorCode | undefined {
  const code = codeOf(Number(phone.slice(-SUFFIX_DIGITS)));
  const known = code === undefined ? undefined : findErrorCode(code);
  if (!known || !BOTH_WAYS.has(known.code)) return known;
  return { ...known, timing: phone.at(-SUFFIX_DIGITS - 1) === BY_STATUS ? 'async' : 'sync' };
}

/** The fault that a recipient asks for by its last six digits, from 199001 on. */
export function magicFault(phone: string): FaultEffect | undefined {
  const fault = MAGIC_FAULTS.get(Number(phone.slice(-SUFFIX_DIGITS)));
  return fault && { ...NO_FAULT, ...fault };
}

/** The six digits that ask for a code. */
export function suffixOf(code: number): string {
  if (code < 1000) return String(SHORT_CODES_FROM + code);
  return String(MEDIUM_CODES.includes(code) ? MEDIUM_CODES_FROM + code : code);
}

/** Short codes have numbers of their own, or ordinary ones such as ...000004 would ask for them by accident. */
function codeOf(suffix: number): number | undefined {
  if (suffix < MEDIUM_CODES_FROM) return undefined;
  if (suffix >= SHORT_CODES_FROM && suffix < SHORT_CODES_FROM + 1000) return suffix - SHORT_CODES_FROM;
  return MEDIUM_CODES.find((code) => code + MEDIUM_CODES_FROM === suffix) ?? suffix;
}
