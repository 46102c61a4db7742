import { Injectable } from '@nestjs/common';
import { CustomerChoices } from '../limits/customer-choices.js';
import type { BusinessNumber } from '../state/account.js';
import { Clock } from '../state/clock.js';
import type { Customer } from '../state/customers.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import { contactOf } from './bring-inbound.js';

/** Takes a customer's wishes down, and tells the business what Meta tells it. */
@Injectable()
export class ChooseForCustomer {
  constructor(
    private readonly choices: CustomerChoices,
    private readonly sender: WebhookSender,
    private readonly clock: Clock,
  ) {}

  /** Meta says nothing of a block: the business finds out by 131026. */
  block(number: BusinessNumber, customer: Customer, isBlocked: boolean): void {
    this.choices.block(number.id, customer.phone, isBlocked);
  }

  /** Stops or resumes marketing messages, and tells so by `user_preferences`. */
  optOut(number: BusinessNumber, customer: Customer, isOptedOut: boolean): void {
    this.choices.optOut(number.wabaId, customer.phone, isOptedOut);
    const value = isOptedOut ? 'stop' : 'resume';
    this.sender.send({
      kind: 'field',
      wabaId: number.wabaId,
      field: 'user_preferences',
      isDated: false,
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: number.digits, phone_number_id: number.id },
        contacts: [contactOf(customer)],
        user_preferences: [
          {
            ...(!customer.withoutPhone && { wa_id: customer.waId }),
            user_id: customer.userId,
            detail: `User requested to ${value} marketing messages`,
            category: 'marketing_messages',
            value,
            timestamp: this.clock.nowSeconds(),
          },
        ],
      },
    });
  }
}
