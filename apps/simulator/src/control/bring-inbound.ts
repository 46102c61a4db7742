import { Injectable } from '@nestjs/common';
import { Chats } from '../feed/chats.js';
import type { JsonObject } from '../json.js';
import { ThroughputWindows } from '../limits/throughput-windows.js';
import type { BusinessNumber } from '../state/account.js';
import { Clock } from '../state/clock.js';
import { Customers, type Customer } from '../state/customers.js';
import { NumberBelongings } from '../state/number-belongings.js';
import { Settings } from '../state/settings.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';

/** Brings a message of a customer to a business: into the chat, into the window, into the throughput, and to the apps. */
@Injectable()
export class BringInbound {
  constructor(
    private readonly customers: Customers,
    private readonly belongings: NumberBelongings,
    private readonly chats: Chats,
    private readonly throughput: ThroughputWindows,
    private readonly sender: WebhookSender,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @param message an item of `value.messages`, without `from` and `timestamp` */
  bring(number: BusinessNumber, customer: Customer, wamid: string, message: JsonObject): { timestamp: string } {
    const nowMs = this.clock.nowMs();
    const timestamp = String(this.clock.nowSeconds());
    const isBlocked = this.belongings.isBlocked(number.id, customer.phone);
    if (!isBlocked) this.customers.recordInbound(number.id, customer.phone, wamid, nowMs);
    const whole: JsonObject = {
      ...(!customer.withoutPhone && { from: customer.waId }),
      from_user_id: customer.userId,
      id: wamid,
      timestamp,
      ...message,
    };
    this.chats.received(number.id, customer.phone, nowMs, whole);
    // A customer whom the business blocked writes into the void.
    if (isBlocked) return { timestamp };
    this.count(number);
    // Meta leaves the contacts out of system messages.
    const contact = message['type'] === 'system' ? null : contactOf(customer);
    this.sender.send({ kind: 'message', number, contact, message: whole });
    return { timestamp };
  }

  /** Meta: what comes in takes its place in the throughput of the number. */
  private count(number: BusinessNumber): void {
    const { inboundCounts, throughputPerSecond } = this.settings.values;
    if (!inboundCounts) return;
    this.throughput.countInbound(number.id, throughputPerSecond[number.throughputLevel], this.clock.preciseMs());
  }
}

/** An item of `value.contacts`. */
export function contactOf(customer: Customer): JsonObject {
  return {
    profile: {
      name: customer.profileName,
      ...(customer.withoutPhone && { username: `@${customer.userId.slice(-8)}` }),
    },
    ...(!customer.withoutPhone && { wa_id: customer.waId }),
    user_id: customer.userId,
  };
}
