import type { WebhookItem } from './webhook-event.js';

/** A phone number as webhooks name it: by Meta's id, or by its digits alone. */
export interface NumberNames {
  readonly graphId: string;
  /** Of the displayed number; null for a number that nobody has connected. */
  readonly digits: string | null;
}

/** Which items of webhooks are meant. Every field narrows it. */
export interface LedgerItemFilter {
  readonly kind?: string;
  readonly number?: NumberNames;
}

/** Whether the filter means this item. */
export function itemMatches(item: WebhookItem, { kind, number }: LedgerItemFilter): boolean {
  return (kind === undefined || item.kind === kind) && (number === undefined || names(item, number));
}

function names({ phoneNumberId, displayPhoneNumber }: WebhookItem, { graphId, digits }: NumberNames): boolean {
  if (phoneNumberId !== null) return phoneNumberId === graphId;
  return digits !== null && displayPhoneNumber !== null && displayPhoneNumber.replace(/\D/g, '') === digits;
}
