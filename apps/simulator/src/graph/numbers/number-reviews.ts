import { Injectable } from '@nestjs/common';
import type {
  Account,
  AccountReviewStatus,
  BusinessNumber,
  MessagingLimit,
  QualityRating,
  ThroughputLevel,
} from '../../state/account.js';
import { NumberEvents } from './number-events.js';

/** Meta's part towards numbers and accounts: names, quality, limits. Each step is told to the subscribed apps. */
@Injectable()
export class NumberReviews {
  constructor(private readonly events: NumberEvents) {}

  /** Takes the display name that waits for its review into use. @returns whether one waited */
  approveName(number: BusinessNumber): boolean {
    const waiting = number.newName;
    if (!waiting) return false;
    number.verifiedName = waiting.name;
    number.nameStatus = 'APPROVED';
    delete number.newName;
    this.events.name(number, 'APPROVED', waiting.name, null);
    return true;
  }

  /** @param reason Meta's, such as `NAME_EMPLOYEE_ISSUE` */
  rejectName(number: BusinessNumber, reason: string): boolean {
    const waiting = number.newName;
    if (!waiting) return false;
    waiting.status = 'DECLINED';
    this.events.name(number, 'REJECTED', waiting.name, reason);
    return true;
  }

  /** A number whose quality becomes low is flagged until it is better again. */
  setQuality(number: BusinessNumber, rating: QualityRating): void {
    const previous = number.qualityRating;
    if (rating === previous) return;
    number.qualityRating = rating;
    if (rating === 'RED' && number.status === 'CONNECTED') number.status = 'FLAGGED';
    else if (number.status === 'FLAGGED') number.status = 'CONNECTED';
    this.events.quality(number, rating === 'RED' ? 'FLAGGED' : 'UNFLAGGED');
  }

  setThroughput(number: BusinessNumber, level: ThroughputLevel): void {
    const isUpgrade = level === 'HIGH' && number.throughputLevel === 'STANDARD';
    number.throughputLevel = level;
    if (isUpgrade) this.events.quality(number, 'THROUGHPUT_UPGRADE');
  }

  setMessagingLimit(account: Account, limit: MessagingLimit): void {
    account.messagingLimit = limit;
    this.events.capability(account);
  }

  review(account: Account, status: AccountReviewStatus): void {
    account.reviewStatus = status;
    this.events.review(account);
  }
}
