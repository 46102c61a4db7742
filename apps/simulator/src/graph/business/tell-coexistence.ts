import { Injectable } from '@nestjs/common';
import { COEXISTENCE_EVENTS } from '../../control/trigger/coexistence-events.js';
import { Identifiers } from '../../random/identifiers.js';
import type { BusinessNumber } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { Clock } from '../../state/clock.js';
import { Customers } from '../../state/customers.js';
import { WebhookSender } from '../../webhooks/webhook-sender.js';

/** Customers who are told of at most. */
const MAX_CUSTOMERS = 20;

/** Tells what the business app knows of the customers. */
@Injectable()
export class TellCoexistence {
  constructor(
    private readonly accounts: Accounts,
    private readonly customers: Customers,
    private readonly sender: WebhookSender,
    private readonly identifiers: Identifiers,
    private readonly clock: Clock,
  ) {}

  /** @param event one of COEXISTENCE_EVENTS, told once for each customer */
  tell(number: BusinessNumber, event: string): void {
    const account = this.accounts.accountOf(number);
    for (const customer of this.customers.all().slice(0, MAX_CUSTOMERS)) {
      const updates = COEXISTENCE_EVENTS[event]?.updates({
        account,
        number,
        customer,
        template: undefined,
        reason: undefined,
        nowSeconds: this.clock.nowSeconds(),
        wamid: (direction) => this.identifiers.wamid(customer.phone, direction),
      });
      for (const update of updates ?? []) this.sender.send(update);
    }
  }
}
