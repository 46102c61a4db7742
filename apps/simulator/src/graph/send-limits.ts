import { Injectable } from '@nestjs/common';
import { MessagingLimits } from '../limits/messaging-limits.js';
import { PairBuckets } from '../limits/pair-buckets.js';
import { ThroughputWindows } from '../limits/throughput-windows.js';
import type { BusinessNumber, NumberStatus } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { Clock } from '../state/clock.js';
import { Settings } from '../state/settings.js';
import { GraphError } from './graph-error.js';

const LOCKED: readonly NumberStatus[] = ['BANNED', 'RESTRICTED'];
const UNREGISTERED: readonly NumberStatus[] = [
  'DISCONNECTED',
  'PENDING',
  'UNVERIFIED',
  'DELETED',
  'MIGRATED',
  'OFFLINE',
];

/** What a number may send: by its own state, by its throughput, by the rate towards one person, by its portfolio. */
@Injectable()
export class SendLimits {
  constructor(
    private readonly throughput: ThroughputWindows,
    private readonly pairs: PairBuckets,
    private readonly messaging: MessagingLimits,
    private readonly accounts: Accounts,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws GraphError 133010 or 131031 for a number that cannot send at all */
  requireSendable(number: BusinessNumber): void {
    if (UNREGISTERED.includes(number.status)) {
      throw new GraphError(133010, { details: 'The phone number is not registered on the Cloud API.' });
    }
    if (LOCKED.includes(number.status)) throw new GraphError(131031, { details: 'The account is locked.' });
  }

  /** Counts one message, unless a limit refuses it. @throws GraphError 130429, 131048 or 131056 */
  take(number: BusinessNumber, recipient: string, isWindowOpen: boolean): void {
    const { throughputLimit, throughputPerSecond, pairLimit, pairBurst, pairIntervalMs } = this.settings.values;
    const nowMs = this.clock.preciseMs();
    const rate = { burst: pairBurst, intervalMs: pairIntervalMs };
    if (pairLimit && !this.pairs.allows(number.id, recipient, nowMs, rate)) {
      throw new GraphError(131056, {
        details: 'Too many messages were sent from this phone number to the same recipient in a short time.',
      });
    }
    if (throughputLimit && !this.throughput.take(number.id, throughputPerSecond[number.throughputLevel], nowMs)) {
      throw new GraphError(130429, { details: 'Cloud API message throughput has been reached.' });
    }
    if (!isWindowOpen) this.takeFromPortfolio(number, recipient);
    if (pairLimit) this.pairs.add(number.id, recipient, nowMs, rate);
  }

  /** Meta publishes no code for a spent messaging limit; 131048 is what businesses report. */
  private takeFromPortfolio(number: BusinessNumber, recipient: string): void {
    const { messagingLimit: limit, portfolioId, wabaId } = this.accounts.accountOf(number);
    if (limit === undefined || !this.settings.values.messagingLimit) return;
    if (this.messaging.take(portfolioId ?? wabaId, recipient, limit, this.clock.nowMs())) return;
    throw new GraphError(131048, { details: `The messaging limit of the business portfolio (${limit}) is spent.` });
  }
}
