import type { Evidence } from '../evidence.js';

/** What one check says: what it looked at, and everything that should not be. */
export interface Verdict {
  readonly figures: string;
  readonly wrongs: readonly string[];
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly judge: (evidence: Evidence) => Verdict;
}

/** A status that Meta told of, and how far a message has come with it. */
export const RANKS: Readonly<Record<string, number>> = { ACCEPTED: 1, SENT: 2, DELIVERED: 3, READ: 4, PLAYED: 5 };

export const rankOf = (state: string): number => RANKS[state.toUpperCase()] ?? 0;
