import type { JsonObject } from '../../json.js';
import type { WebhookUpdate } from '../../webhooks/envelope.js';
import { contactOf } from '../bring-inbound.js';
import type { TriggerContext } from './trigger-context.js';

/** The webhook of a message from the customer. System messages come without a contact. */
export function customerMessage(context: TriggerContext, content: JsonObject): WebhookUpdate {
  const { number, customer, nowSeconds } = context;
  return {
    kind: 'message',
    number,
    contact: content['type'] === 'system' ? null : contactOf(customer),
    message: {
      ...(!customer.withoutPhone && { from: customer.waId }),
      from_user_id: customer.userId,
      id: context.wamid('inbound'),
      timestamp: String(nowSeconds),
      ...content,
    },
  };
}
