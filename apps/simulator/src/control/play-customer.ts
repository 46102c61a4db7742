import { Injectable } from '@nestjs/common';
import { isMediaKind } from '../feed/render-media.js';
import { Identifiers } from '../random/identifiers.js';
import type { BusinessNumber } from '../state/account.js';
import type { Customer } from '../state/customers.js';
import { Ledger, type LedgerEntry } from '../state/ledger.js';
import { StatusPlayer } from '../webhooks/status-player.js';
import { BringInbound } from './bring-inbound.js';
import { notKnown } from './control-problem.js';
import { CustomerFiles } from './customer-files.js';
import type { InboundResult } from './dto/customer.dto.js';
import { inboundContent, type InboundContent, type InboundFile } from './inbound-content.js';

/** Plays a customer: writes to a number, reads what came. */
@Injectable()
export class PlayCustomer {
  constructor(
    private readonly identifiers: Identifiers,
    private readonly files: CustomerFiles,
    private readonly inbound: BringInbound,
    private readonly ledger: Ledger,
    private readonly statuses: StatusPlayer,
  ) {}

  /**
   * Sends a message of the customer to the number; this opens the service window.
   * @param file what the customer sends; left out, kinds with media carry a sample
   */
  async write(
    number: BusinessNumber,
    customer: Customer,
    said: InboundContent & { readonly contextMessageId?: string | undefined },
    file?: InboundFile,
  ): Promise<InboundResult> {
    const wamid = this.identifiers.wamid(customer.withoutPhone ? customer.userId : customer.phone, 'inbound');
    const { contextMessageId } = said;
    const { timestamp } = this.inbound.bring(number, customer, wamid, {
      ...(contextMessageId !== undefined && { context: { from: number.digits, id: contextMessageId } }),
      ...inboundContent(said, file ?? (await this.sampleFor(number, said))),
    });
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

  /** None where the request names a file of its own. */
  private async sampleFor(number: BusinessNumber, { type, content }: InboundContent): Promise<InboundFile | null> {
    if (!isMediaKind(type) || content?.['id'] !== undefined) return null;
    return this.files.sample(number.id, type);
  }

  private entry(filter: { phoneNumberId: string; to: string }, wamid: string): LedgerEntry {
    const entry = this.ledger.find(wamid);
    if (entry?.phoneNumberId === filter.phoneNumberId && entry.recipient === filter.to) return entry;
    throw notKnown('message', wamid);
  }
}
