import { Injectable } from '@nestjs/common';
import { Chats } from '../feed/chats.js';
import { Identifiers } from '../random/identifiers.js';
import type { BusinessNumber } from '../state/account.js';
import { Customers, type Customer } from '../state/customers.js';
import { BringInbound } from './bring-inbound.js';
import { ControlProblem } from './control-problem.js';
import type { InboundResult } from './dto/customer.dto.js';

/** Lets a customer move to another phone number, and tells a business so. */
@Injectable()
export class ChangeNumber {
  constructor(
    private readonly customers: Customers,
    private readonly identifiers: Identifiers,
    private readonly inbound: BringInbound,
    private readonly chats: Chats,
  ) {}

  /** @throws ControlProblem where somebody else has that number */
  change(number: BusinessNumber, old: Customer, newPhone: string): InboundResult {
    if (this.customers.find(newPhone)) {
      throw new ControlProblem(409, 'phone.taken', `+${newPhone} belongs to another customer of this simulator.`);
    }
    const { phone, waId, userId, profileName, withoutPhone } = old;
    const wamid = this.identifiers.wamid(withoutPhone ? userId : phone, 'inbound');
    // Meta: a business-scoped id goes with the phone; a new phone has a new one.
    const customer = this.customers.put(newPhone, { profileName, withoutPhone });
    const { timestamp } = this.inbound.bring(number, old, wamid, {
      type: 'system',
      system: {
        body: withoutPhone
          ? `User ${profileName} changed their user id`
          : `User ${profileName} changed from ${waId} to ${customer.waId}`,
        ...(!withoutPhone && { wa_id: customer.waId }),
        user_id: customer.userId,
        previous_user_id: userId,
        type: withoutPhone ? 'user_changed_user_id' : 'user_changed_number',
      },
    });
    this.customers.remove(old);
    this.chats.move(number.id, phone, customer.phone);
    return { wamid, timestamp, customer };
  }
}
