import { type JsonObject, textOf } from './json.js';

/** What Meta charges for a message, as its statuses say. */
export interface Pricing {
  /** Older versions of the webhooks only; `type` says it too. */
  billable: boolean | null;
  /** PMP: for each message; CBP: for each conversation, until July 2025. */
  model: string | null;
  /** regular, free_customer_service, free_entry_point */
  type: string | null;
  /** marketing, utility, authentication, authentication_international, service, … */
  category: string;
}

/** The member `pricing` of a status; null where it does not say for what. Meta writes one of the categories in two ways. */
export function readPricing(raw: JsonObject | null): Pricing | null {
  const category = textOf(raw?.category);
  if (raw === null || category === null) return null;
  return {
    billable: typeof raw.billable === 'boolean' ? raw.billable : null,
    model: textOf(raw.pricing_model),
    type: textOf(raw.type),
    category: category.replaceAll('-', '_').toLowerCase(),
  };
}
