import { Injectable } from '@nestjs/common';
import { Chats } from '../feed/chats.js';
import { isJsonObject } from '../json.js';
import type { BusinessNumber } from '../state/account.js';
import { Clock } from '../state/clock.js';
import { Customers } from '../state/customers.js';
import { requireProduct } from './validation/send-request.js';
import { invalid, requireText } from './validation/rules.js';

/** Read marks, with the typing indicator that may come along. */
@Injectable()
export class ReadMarks {
  constructor(
    private readonly customers: Customers,
    private readonly chats: Chats,
    private readonly clock: Clock,
  ) {}

  /** @throws GraphError 131009 for a message that no customer sent to that number */
  mark(number: BusinessNumber, value: unknown): { success: true } {
    const body = requireProduct(value);
    if (body['status'] !== 'read') throw invalid('status', "it has to be 'read'");
    const wamid = requireText(body, 'message_id', 'body');
    const writer = this.customers.writerOf(number.id, wamid);
    if (writer === undefined) throw invalid('message_id', 'no such message was received');
    const typing = body['typing_indicator'];
    if (typing !== undefined && (!isJsonObject(typing) || typing['type'] !== 'text')) {
      throw invalid('typing_indicator.type', "it has to be 'text'");
    }
    this.chats.readByBusiness(number.id, writer, wamid, this.clock.nowMs());
    if (typing !== undefined) this.chats.typing(number.id, writer);
    return { success: true };
  }
}
