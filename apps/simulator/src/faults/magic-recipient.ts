import { findErrorCode, type ErrorCode } from '../graph/error-codes.js';

const CODE_DIGITS = 6;

/**
 * The error that a recipient asks for by its last six digits: 15550131026 gets 131026.
 * Shorter codes cannot be asked for this way, or ordinary numbers such as ...000004 would do so by accident.
 */
export function magicCode(phone: string): ErrorCode | undefined {
  const code = Number(phone.slice(-CODE_DIGITS));
  return code >= 10 ** (CODE_DIGITS - 1) ? findErrorCode(code) : undefined;
}
