import { Injectable } from '@nestjs/common';
import { magicCode } from '../faults/magic-recipient.js';
import type { BusinessNumber, Template } from '../state/account.js';
import { Customers, type Customer } from '../state/customers.js';
import { Settings } from '../state/settings.js';
import { CanBeSent } from './can-be-sent.js';
import { GraphError } from './graph-error.js';
import { RecipientWishes } from './recipient-wishes.js';
import { SendLimits } from './send-limits.js';
import type { SendRequest } from './validation/send-request.js';

/** What is known of a send that may go. */
export interface Verdict {
  /** Digits of the recipient, or the business-scoped id of somebody unknown. */
  readonly recipient: string;
  readonly waId: string | null;
  readonly template: Template | null;
  readonly isWindowOpen: boolean;
  /** The code that the message will fail with, after it was accepted. */
  readonly failure: number | null;
}

/** Judges a well-formed send by number, template, recipient and limits. */
@Injectable()
export class JudgeSend {
  constructor(
    private readonly canBeSent: CanBeSent,
    private readonly limits: SendLimits,
    private readonly customers: Customers,
    private readonly wishes: RecipientWishes,
    private readonly settings: Settings,
  ) {}

  /** @throws GraphError for what Meta refuses at once */
  judge(number: BusinessNumber, request: SendRequest, nowMs: number): Verdict {
    this.limits.requireSendable(number);
    const customer = this.customerOf(request);
    const recipient = customer?.phone ?? request.phone ?? request.input;
    const { template, failure } = this.canBeSent.judge(number, request, recipient);
    const magic = this.settings.values.magicRecipients ? magicCode(recipient) : undefined;
    if (magic?.timing === 'sync') throw new GraphError(magic.code, { details: `${magic.title}.` });
    const isWindowOpen = this.customers.isWindowOpen(number.id, recipient, nowMs);
    this.limits.take(number, recipient, isWindowOpen);
    const send = { number, recipient, template, isWindowOpen, nowMs };
    return {
      recipient,
      waId: request.phone === null ? null : (customer?.waId ?? this.customers.waIdOf(request.phone)),
      template,
      isWindowOpen,
      failure: magic?.code ?? failure ?? this.wishes.refusal(send),
    };
  }

  private customerOf(request: SendRequest): Customer | undefined {
    if (request.phone !== null) return this.customers.find(request.phone);
    return request.userId === null ? undefined : this.customers.findByUserId(request.userId);
  }
}
