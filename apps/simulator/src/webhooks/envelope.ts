import type { JsonObject } from '../json.js';
import type { BusinessNumber } from '../state/account.js';

/** One thing to tell a receiver. Updates of the same number are put into one value where Meta does so. */
export type WebhookUpdate =
  | {
      readonly kind: 'status';
      readonly number: BusinessNumber;
      readonly contact?: JsonObject | null;
      readonly status: JsonObject;
    }
  | {
      readonly kind: 'message';
      readonly number: BusinessNumber;
      readonly contact: JsonObject | null;
      readonly message: JsonObject;
    }
  | {
      readonly kind: 'field';
      readonly wabaId: string;
      /** Id of the entry, where it is not the account's: Meta puts the portfolio's into some. */
      readonly entryId?: string;
      readonly field: string;
      readonly value: JsonObject;
      /** Whether the entry says when it happened; Meta leaves that out where `value` has times of its own. */
      readonly isDated?: boolean;
    };

/** The account that an update belongs to. */
export function wabaOf(update: WebhookUpdate): string {
  return update.kind === 'field' ? update.wabaId : update.number.wabaId;
}

/** The subscribed field that an update belongs to. */
export function fieldOf(update: WebhookUpdate): string {
  return update.kind === 'field' ? update.field : 'messages';
}

interface Entry {
  id: string;
  time?: number;
  changes: { field: string; value: JsonObject }[];
}

/**
 * The body for these updates: an entry for each account, a change for each number and kind.
 * `time` is there on account and template fields only, as in Meta's own examples.
 */
export function buildEnvelope(updates: readonly WebhookUpdate[], nowMs: number): JsonObject {
  const entries = new Map<string, Entry>();
  const values = new Map<string, JsonObject>();
  for (const update of updates) {
    const id = (update.kind === 'field' ? update.entryId : undefined) ?? wabaOf(update);
    const entry = entries.get(id) ?? { id, changes: [] };
    entries.set(id, entry);
    if (update.kind === 'field') {
      if (update.isDated !== false) entry.time = Math.floor(nowMs / 1000);
      entry.changes.push({ field: update.field, value: update.value });
      continue;
    }
    const key = `${update.kind}:${update.number.id}`;
    let value = values.get(key);
    if (!value) {
      value = emptyValue(update.number);
      values.set(key, value);
      entry.changes.push({ field: 'messages', value });
    }
    addTo(value, update);
  }
  return { object: 'whatsapp_business_account', entry: [...entries.values()] };
}

function emptyValue(number: BusinessNumber): JsonObject {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.id },
  };
}

function addTo(value: JsonObject, update: Exclude<WebhookUpdate, { kind: 'field' }>): void {
  if (update.contact) append(value, 'contacts', update.contact);
  if (update.kind === 'status') append(value, 'statuses', update.status);
  else append(value, 'messages', update.message);
}

function append(value: JsonObject, key: string, item: JsonObject): void {
  const list = value[key];
  if (Array.isArray(list)) list.push(item);
  else value[key] = [item];
}
