import type { ConsentPurpose, ConsentStatus } from './consent.js';

/** A standing decision, for every number of the tenant or for one. */
export interface ScopedConsent {
  purpose: ConsentPurpose;
  /** Null: every number. */
  phoneNumberId: string | null;
  status: ConsentStatus;
}

const STRICTNESS: Readonly<Record<ConsentStatus, number>> = { GRANTED: 0, DENIED: 1, REVOKED: 2 };

/** The stricter of two decisions: who said no anywhere has said no. */
export function stricter(a: ConsentStatus, b: ConsentStatus): ConsentStatus {
  return STRICTNESS[a] >= STRICTNESS[b] ? a : b;
}

/** What has to be decided anew for a contact once another one's decisions are its own as well. */
export function consentsToTake(own: readonly ScopedConsent[], others: readonly ScopedConsent[]): ScopedConsent[] {
  return others.flatMap((other) => {
    const standing = own.find((one) => one.purpose === other.purpose && one.phoneNumberId === other.phoneNumberId);
    const status = standing ? stricter(standing.status, other.status) : other.status;
    return status === standing?.status ? [] : [{ ...other, status }];
  });
}

/**
 * Whether two contacts that one message named may be joined. Two user ids are two accounts (or one person in two business
 * portfolios, which cannot be told from here): joining them wrongly would show one person's words to another.
 */
export function mayBeOnePerson(userIdsOfOne: readonly string[], userIdsOfOther: readonly string[]): boolean {
  return userIdsOfOne.length === 0 || userIdsOfOther.length === 0;
}
