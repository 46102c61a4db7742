import { Injectable } from '@nestjs/common';
import { Identifiers } from '../random/identifiers.js';
import type { JsonObject } from '../json.js';
import type { BusinessNumber } from '../state/account.js';
import { Customers, type Customer } from '../state/customers.js';
import { Ledger, type LedgerEntry } from '../state/ledger.js';
import { StatusPlayer } from '../webhooks/status-player.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import { notKnown } from './control-problem.js';
import { inboundContent, type InboundContent } from './inbound-content.js';

/** What a customer did, to answer the control request with. */
export interface InboundResult {
  readonly wamid: string;
  /** Unix seconds, as in the webhook. */
  readonly timestamp: string;
  readonly customer: Customer;
}

/** Plays a customer: writes to a number, reads what came. */
@Injectable()
export class PlayCustomer {
  constructor(
    private readonly customers: Customers,
    private readonly identifiers: Identifiers,
    private readonly ledger: Ledger,
    private readonly sender: WebhookSender,
    private readonly statuses: StatusPlayer,
  ) {}

  /** Sends a message of the customer to the number; this opens the service window. */
  write(
    number: BusinessNumber,
    customer: Customer,
    said: InboundContent,
    contextMessageId: string | undefined,
  ): InboundResult {
    const now = Date.now();
    const wamid = this.identifiers.wamid(customer.withoutPhone ? customer.userId : customer.phone, 'inbound');
    const timestamp = String(Math.floor(now / 1000));
    this.customers.recordInbound(number.id, customer.phone, wamid, now);
    const message: JsonObject = {
      ...(!customer.withoutPhone && { from: customer.waId }),
      from_user_id: customer.userId,
      id: wamid,
      timestamp,
      ...(contextMessageId !== undefined && { context: { from: number.digits, id: contextMessageId } }),
      ...inboundContent(said, this.identifiers),
    };
    // Meta leaves the contacts out of system messages.
    const contact = said.type === 'system' ? null : contactOf(customer);
    this.sender.send({ kind: 'message', number, contact, message });
    return { wamid, timestamp, customer };
  }

  /**
   * Reads one message, or all that the customer has not read yet.
   * @throws ControlProblem for a message that was never sent to this customer by this number
   */
  read(number: BusinessNumber, customer: Customer, wamid: string | undefined): string[] {
    const filter = { phoneNumberId: number.id, to: customer.phone };
    const entries =
      wamid === undefined ? this.ledger.list(filter, 0, Number.POSITIVE_INFINITY) : [this.entry(filter, wamid)];
    const unread = entries.filter(({ failure, statuses }) => failure === null && !statuses.includes('read'));
    for (const entry of unread) {
      this.statuses.give({ entry, number, waId: customer.waId, userId: null, pricing: null }, 'read');
    }
    return unread.map((entry) => entry.wamid);
  }

  private entry(filter: { phoneNumberId: string; to: string }, wamid: string): LedgerEntry {
    const entry = this.ledger.find(wamid);
    if (entry?.phoneNumberId === filter.phoneNumberId && entry.recipient === filter.to) return entry;
    throw notKnown('message', wamid);
  }
}

function contactOf(customer: Customer): JsonObject {
  return {
    profile: {
      name: customer.profileName,
      ...(customer.withoutPhone && { username: `@${customer.userId.slice(-8)}` }),
    },
    ...(!customer.withoutPhone && { wa_id: customer.waId }),
    user_id: customer.userId,
  };
}
