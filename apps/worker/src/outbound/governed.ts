import type { ClaimedMessage, LeasedNumber } from '@parley/data';
import type { Candidate, GovernedNumber, PermitBackend } from '@parley/limits';
import type { Party } from './fair-semaphore.js';

/** The number as its limits see it. */
export function governedNumber({ tenantId, numberId, portfolioId, perSecond, tier, previousLimiter }: LeasedNumber, backend: PermitBackend | null = previousLimiter): GovernedNumber {
  return { tenantId, numberId, portfolioId, perSecond, tier, previousBackend: backend };
}

/** The message as the limits see it. */
export function candidateOf({ id, contactId, lane, isReply }: ClaimedMessage): Candidate {
  return { messageId: id, contactId, lane, kind: isReply ? 'reply' : 'business' };
}

/** For whom a number takes its share of the process. */
export function partyOf({ tenantId, weight }: Pick<LeasedNumber, 'tenantId' | 'weight'>): Party {
  return { key: tenantId, weight };
}
