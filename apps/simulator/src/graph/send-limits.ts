import { Injectable } from '@nestjs/common';
import { PairBuckets } from '../limits/pair-buckets.js';
import { ThroughputWindows } from '../limits/throughput-windows.js';
import type { BusinessNumber, NumberStatus } from '../state/account.js';
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

/** What a number may send: by its own state, by its throughput and by the rate towards one person. */
@Injectable()
export class SendLimits {
  constructor(
    private readonly throughput: ThroughputWindows,
    private readonly pairs: PairBuckets,
    private readonly settings: Settings,
  ) {}

  /** @throws GraphError 133010 or 131031 for a number that cannot send at all */
  requireSendable(number: BusinessNumber): void {
    if (UNREGISTERED.includes(number.status)) {
      throw new GraphError(133010, { details: 'The phone number is not registered on the Cloud API.' });
    }
    if (LOCKED.includes(number.status)) throw new GraphError(131031, { details: 'The account is locked.' });
  }

  /** Counts one message, unless a limit refuses it. @throws GraphError 130429 or 131056 */
  take(number: BusinessNumber, recipient: string): void {
    const { throughputLimit, pairLimit } = this.settings.values;
    const nowMs = performance.now();
    if (pairLimit && !this.pairs.allows(number.id, recipient, nowMs)) {
      throw new GraphError(131056, {
        details: 'Too many messages were sent from this phone number to the same recipient in a short time.',
      });
    }
    if (throughputLimit && !this.throughput.take(number.id, number.throughputLevel, nowMs)) {
      throw new GraphError(130429, { details: 'Cloud API message throughput has been reached.' });
    }
    if (pairLimit) this.pairs.add(number.id, recipient, nowMs);
  }
}
