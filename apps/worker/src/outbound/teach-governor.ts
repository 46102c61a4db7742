import { Injectable } from '@nestjs/common';
import type { ClaimedMessage, LeasedNumber } from '@parley/data';
import type { SendOutcome } from '@parley/graph';
import { Governor } from '@parley/limits';
import { logEvent } from '@parley/platform';
import { PinoLogger } from 'nestjs-pino';
import { candidateOf, governedNumber } from './governed.js';

/** Tells the governor how POSTs ended: it slows down, lets a pair rest, and gives back what was not used. */
@Injectable()
export class TeachGovernor {
  constructor(
    private readonly governor: Governor,
    private readonly logger: PinoLogger,
  ) {}

  /** Never fails: limits that learn too little are limits still. */
  async note(lease: LeasedNumber, message: ClaimedMessage, outcome: SendOutcome): Promise<void> {
    try {
      await this.tell(lease, message, outcome);
    } catch (error) {
      logEvent(this.logger, 'limiter.feedback_failed', { numberId: lease.numberId, err: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  private async tell(lease: LeasedNumber, message: ClaimedMessage, outcome: SendOutcome): Promise<void> {
    const number = governedNumber(lease);
    const { contactId } = message;
    switch (outcome.kind) {
      case 'accepted':
        await this.governor.note(number, { contactId, code: null, accepted: true });
        break;
      case 'refused':
        await this.governor.note(number, { contactId, code: outcome.error.code, accepted: false });
        break;
      case 'not-sent':
        await this.governor.giveBack(number, [candidateOf(message)]);
        break;
      // It may have been sent: it stays counted.
      case 'unknown':
        break;
    }
  }
}
