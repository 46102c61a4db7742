import { Injectable } from '@nestjs/common';
import { isJsonObject } from '../json.js';
import type { BusinessNumber } from '../state/account.js';
import { Customers } from '../state/customers.js';
import { requireProduct } from './validation/send-request.js';
import { invalid, requireText } from './validation/rules.js';

/** Read marks, with the typing indicator that may come along. */
@Injectable()
export class ReadMarks {
  constructor(private readonly customers: Customers) {}

  /** @throws GraphError 131009 for a message that no customer sent to that number */
  mark(number: BusinessNumber, value: unknown): { success: true } {
    const body = requireProduct(value);
    if (body['status'] !== 'read') throw invalid('status', "it has to be 'read'");
    const wamid = requireText(body, 'message_id', 'body');
    if (!this.customers.wroteTo(number.id, wamid)) throw invalid('message_id', 'no such message was received');
    const typing = body['typing_indicator'];
    if (typing !== undefined && (!isJsonObject(typing) || typing['type'] !== 'text')) {
      throw invalid('typing_indicator.type', "it has to be 'text'");
    }
    return { success: true };
  }
}
