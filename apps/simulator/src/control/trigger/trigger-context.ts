import type { JsonObject } from '../../json.js';
import type { Account, BusinessNumber, Template } from '../../state/account.js';
import type { Customer } from '../../state/customers.js';
import type { WebhookUpdate } from '../../webhooks/envelope.js';

/** What an event is about. */
export interface TriggerContext {
  readonly account: Account;
  readonly number: BusinessNumber;
  readonly customer: Customer;
  /** None where the account has no template. */
  readonly template: Template | undefined;
  /** Meta's reason, for events that have one. */
  readonly reason: string | undefined;
  /** Unix seconds. */
  readonly nowSeconds: number;
  /** A fresh id of a message between number and customer. */
  readonly wamid: (direction: 'inbound' | 'outbound') => string;
}

/** An event that is a webhook, with what it changes at Meta. */
export interface WebhookEvent {
  readonly description: string;
  readonly updates: (context: TriggerContext) => WebhookUpdate[];
}

export type WebhookEvents = Readonly<Record<string, WebhookEvent>>;

/** A webhook of any field but `messages`. */
export function fieldUpdate(
  { account }: Pick<TriggerContext, 'account'>,
  field: string,
  value: JsonObject,
): WebhookUpdate {
  return { kind: 'field', wabaId: account.wabaId, field, value };
}

/** What values say that belong to one number. */
export function ofNumber({ number }: Pick<TriggerContext, 'number'>): JsonObject {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.id },
  };
}
