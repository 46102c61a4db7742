import { Injectable } from '@nestjs/common';
import type { MessagingLimit } from '../state/account.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Unique users in a rolling 24 hours by tier. */
const USERS: Readonly<Record<MessagingLimit, number>> = {
  TIER_50: 50,
  TIER_250: 250,
  TIER_1K: 1000,
  TIER_2K: 2000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
  TIER_UNLIMITED: Number.POSITIVE_INFINITY,
};

/**
 * Whom a portfolio wrote to outside the service window within 24 hours. Somebody who was written to already does not
 * count twice, and writing again starts their 24 hours anew.
 */
@Injectable()
export class MessagingLimits {
  private readonly users = new Map<string, Map<string, number>>();

  /** Whether the portfolio may write to that person now; counts them if it may. */
  take(portfolioId: string, recipient: string, limit: MessagingLimit, nowMs: number): boolean {
    if (limit === 'TIER_UNLIMITED') return true;
    const users = this.usersOf(portfolioId, nowMs);
    if (!users.has(recipient) && users.size >= USERS[limit]) return false;
    // Taken out first: the map keeps its users in the order of their last message.
    users.delete(recipient);
    users.set(recipient, nowMs);
    return true;
  }

  /** How many people the portfolio has written to within 24 hours. */
  used(portfolioId: string, nowMs: number): number {
    return this.usersOf(portfolioId, nowMs).size;
  }

  clear(): void {
    this.users.clear();
  }

  private usersOf(portfolioId: string, nowMs: number): Map<string, number> {
    let users = this.users.get(portfolioId);
    if (!users) {
      users = new Map();
      this.users.set(portfolioId, users);
    }
    for (const [user, at] of users) {
      if (nowMs - at < DAY_MS) break;
      users.delete(user);
    }
    return users;
  }
}
