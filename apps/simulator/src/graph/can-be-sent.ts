import { Injectable } from '@nestjs/common';
import type { BusinessNumber, Template } from '../state/account.js';
import { Accounts } from '../state/accounts.js';
import { NumberBelongings } from '../state/number-belongings.js';
import { GraphError } from './graph-error.js';
import { CheckSentMedia } from './media/check-sent-media.js';
import { SendableTemplates } from './sendable-templates.js';
import type { SendRequest } from './validation/send-request.js';

const PAYMENT_ISSUE = 131042;
const UNDELIVERABLE = 131026;

/** What a send brings along. */
export interface Sendable {
  readonly template: Template | null;
  /** The code that it will fail with once it was accepted; null where nothing in it is wrong. */
  readonly failure: number | null;
}

/** Judges a send by what the business brings: its account, its template, its media, its block list. */
@Injectable()
export class CanBeSent {
  constructor(
    private readonly templates: SendableTemplates,
    private readonly accounts: Accounts,
    private readonly belongings: NumberBelongings,
    private readonly media: CheckSentMedia,
  ) {}

  /**
   * @param recipient digits, or the business-scoped id of somebody unknown
   * @throws GraphError 131031 for an account that is locked, 100 for media that are not there, 131062 for a one-time
   *   password without a phone number, and those of the template
   */
  judge(number: BusinessNumber, request: SendRequest, recipient: string): Sendable {
    const { canPay = true, reviewStatus } = this.accounts.accountOf(number);
    if (reviewStatus === 'RESTRICTED' || reviewStatus === 'REJECTED') {
      throw new GraphError(131031, { details: `The account is ${reviewStatus}.` });
    }
    const template = request.type === 'template' ? this.templates.require(number, request.body['template']) : null;
    if (request.phone === null && template?.category === 'AUTHENTICATION') {
      throw new GraphError(131062, { details: 'One-time passwords are sent to phone numbers only.' });
    }
    const mediaFailure = request.type === 'text' ? null : this.media.failure(number, request.body);
    if (mediaFailure !== null) return { template, failure: mediaFailure };
    if (this.belongings.isBlocked(number.id, recipient)) return { template, failure: UNDELIVERABLE };
    return { template, failure: template && !canPay ? PAYMENT_ISSUE : null };
  }
}
