import type { PermitBackend } from './permit-store.js';

/** A number and whatever its sends count against. */
export interface GovernedNumber {
  readonly tenantId: string;
  readonly numberId: string;
  /** The portfolio whose tier its numbers share: `accounts.business_id`, else the WABA's id. */
  readonly portfolioId: string;
  /** The number's throughput: at most so many messages in any second, in both directions. */
  readonly perSecond: number;
  /** Meta's name of the messaging limit: `TIER_250`. null: not known, and not limited by us. */
  readonly tier: string | null;
  /** The backend that answered last for this number: `phone_numbers.limiter`. null: nothing was ever sent from it. */
  readonly previousBackend: PermitBackend | null;
}

/** A claimed message that asks for its start. One contact appears once in a set. */
export interface Candidate {
  readonly messageId: string;
  readonly contactId: string;
  readonly lane: number;
  /** `reply`: inside the customer service window. */
  readonly kind: 'reply' | 'business';
}

export const ADMISSION_CAUSES = ['throughput', 'pair', 'tier', 'quota'] as const;

export type AdmissionCause = (typeof ADMISSION_CAUSES)[number];

export type Admission =
  | { readonly kind: 'start'; readonly startsAtMs: number }
  | { readonly kind: 'wait'; readonly cause: AdmissionCause; readonly retryInMs: number };

export interface Admissions {
  /** By position. A start is in ms from now, and is used within MAX_LATENESS_MS of that or given up. */
  readonly admissions: readonly Admission[];
  /** To be recorded before the next call, also when nothing was granted. */
  readonly backend: PermitBackend;
}

/** Starts for messages that missed theirs, rising; where there is none, when to ask again. */
export interface Retaken {
  readonly startsAtMs: readonly number[];
  readonly backend: PermitBackend;
  readonly retryAfterMs: number;
}

/** What Meta answered to a message. */
export interface MetaAnswer {
  readonly contactId: string;
  /** Meta's code where it refused; null where it accepted, or its answer is not known. */
  readonly code: number | null;
  readonly accepted: boolean;
}

/** What an answer asks of others: null, or for how long the number rests. The hold itself is not written here. */
export interface Learned {
  readonly holdNumberMs: number | null;
}

/** Told of what the limits did. */
export interface GovernorObserver {
  /** So many messages have to wait for this. */
  waited(cause: AdmissionCause, count: number): void;
  /** An organisation's quota is used up. */
  quotaSpent(tenantId: string, resetsInMs: number): void;
  /** Meta said that a number was too fast: the share of its limit that it goes on with. */
  slowed(numberId: string, share: number): void;
  /** What should have been given back stays counted. */
  failed(error: unknown): void;
}
