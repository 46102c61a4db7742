import type { BusinessNumber, NumberStatus } from '../../state/account.js';

/** The states of a number that is on the Cloud API, whether or not it may send just now. */
const REGISTERED: ReadonlySet<NumberStatus> = new Set(['CONNECTED', 'FLAGGED', 'RATE_LIMITED', 'RESTRICTED', 'BANNED']);

/** Whether a number was registered and not deregistered since. */
export function isRegistered({ status }: BusinessNumber): boolean {
  return REGISTERED.has(status);
}
