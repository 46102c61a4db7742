import { Injectable } from '@nestjs/common';
import type { Chat } from '../feed/chat.dto.js';
import { Chats } from '../feed/chats.js';
import { Clock } from '../state/clock.js';
import { Customers } from '../state/customers.js';
import { CustomerChoices } from '../limits/customer-choices.js';
import { Known } from './known.js';

/** Puts together what the phone of a customer shows of one business. */
@Injectable()
export class ReadChat {
  constructor(
    private readonly known: Known,
    private readonly chats: Chats,
    private readonly customers: Customers,
    private readonly choices: CustomerChoices,
    private readonly clock: Clock,
  ) {}

  /** @throws ControlProblem for an unknown number or something that is no phone */
  read(phone: string, phoneNumberId: string): Chat {
    const number = this.known.number(phoneNumberId);
    const customer = this.known.customer(phone);
    return {
      customer,
      phoneNumberId,
      verifiedName: number.verifiedName,
      isWindowOpen: this.customers.isWindowOpen(number.id, customer.phone, this.clock.nowMs()),
      windowEndsAt: this.customers.windowEndsAt(number.id, customer.phone),
      isBlocked: this.choices.isBlocked(number.id, customer.phone),
      isOptedOut: this.choices.isOptedOut(number.wabaId, customer.phone),
      messages: this.chats.messages(number.id, customer.phone),
    };
  }
}
