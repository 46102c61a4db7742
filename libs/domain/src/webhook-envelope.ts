import { parseExactJson } from './exact-json.js';
import { idOf, isJsonObject, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { readContactSync, readHistory } from './webhook-coexistence.js';
import {
  readErrors,
  readNumberQuality,
  readStatus,
  readTemplateCategory,
  readTemplateQuality,
  readTemplateStatus,
  readUsernameUpdate,
  readUserPreference,
  timeOf,
} from './webhook-content.js';
import type { RawKind, WebhookItem, WebhookItemBase } from './webhook-event.js';
import { readEcho, readMessage } from './webhook-message.js';

export type ParsedEnvelope = { ok: true; items: WebhookItem[] } | { ok: false; reason: EnvelopeFault };

/** Why a body is no envelope. */
export type EnvelopeFault = 'body.empty' | 'json.malformed' | 'envelope.not-an-object';

const WHATSAPP = 'whatsapp_business_account';

/**
 * Splits the body of a webhook into items, in their order. Never throws: what is broken as a whole gives a reason, and
 * what is broken in one place gives an `unknown` item in that place and leaves its neighbours alone.
 */
export function parseEnvelope(bytes: Uint8Array | string): ParsedEnvelope {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  if (text.trim() === '') return { ok: false, reason: 'body.empty' };
  let envelope: unknown;
  try {
    envelope = parseExactJson(text);
  } catch {
    // A parser's message quotes the body, which belongs in no log; the bytes are in the ledger.
    return { ok: false, reason: 'json.malformed' };
  }
  if (!isJsonObject(envelope)) return { ok: false, reason: 'envelope.not-an-object' };
  return { ok: true, items: itemsOfEnvelope(envelope) };
}

/** A place in the envelope. */
interface Spot {
  path: string;
  value: unknown;
}

interface Change {
  base: WebhookItemBase;
  value: JsonObject;
}

function itemsOfEnvelope(envelope: JsonObject): WebhookItem[] {
  // Samples of Meta's dashboard come as a bare entry or a bare change.
  const entries = envelope.entry === undefined ? [{ path: '', value: envelope }] : spots('/entry', envelope.entry);
  const items = entries.flatMap((entry) => itemsOfEntry(entry, envelope));
  return items.length > 0 ? items : [unknown(placeless('', envelope), 'envelope.empty')];
}

function itemsOfEntry(entry: Spot, envelope: JsonObject): WebhookItem[] {
  const body = objectOf(entry.value);
  const changes = body.changes === undefined ? [entry] : spots(`${entry.path}/changes`, body.changes);
  if (changes.length === 0) return [unknown(placeless(entry.path, entry.value), 'entry.empty')];
  return changes.flatMap((change) => {
    const inner = objectOf(change.value);
    const value = objectOf(inner.value);
    const metadata = objectOf(value.metadata);
    const base: WebhookItemBase = {
      path: change.path,
      // A partner's events carry the partner's own id on the entry.
      wabaId: metaIdOf(objectOf(value.waba_info).waba_id ?? body.id),
      field: textOf(inner.field) ?? textOf(value.field) ?? textOf(body.field) ?? textOf(envelope.field),
      phoneNumberId: metaIdOf(metadata.phone_number_id),
      displayPhoneNumber: idOf(metadata.display_phone_number) ?? idOf(value.display_phone_number),
      time: timeOf(body.time),
      raw: change.value,
    };
    const object = textOf(envelope.object) ?? textOf(body.object) ?? textOf(inner.object);
    if (object !== null && object !== WHATSAPP) return [unknown(base, 'object.unknown')];
    if (!isJsonObject(inner.value)) return [unknown(base, 'value.missing')];
    const spot = { ...base, path: `${change.path}/value`, raw: value };
    const items = itemsOfChange({ base: spot, value });
    return items.length > 0 ? items : [unknown(spot, 'value.empty')];
  });
}

/**
 * An id of an account or a number: digits. Anything else names nothing that we could have, and a text that the database
 * cannot take would stop the look-up of the whole set.
 */
function metaIdOf(value: unknown): string | null {
  const id = idOf(value);
  return id !== null && /^\d{1,32}$/.test(id) ? id : null;
}

const RAW_FIELDS: Readonly<Record<string, RawKind>> = {
  message_template_components_update: 'template-components',
  phone_number_name_update: 'number-name',
  account_update: 'account-update',
  account_review_update: 'account-review',
  account_alerts: 'account-alert',
  business_capability_update: 'business-capability',
  security: 'security',
};

function itemsOfChange(change: Change): WebhookItem[] {
  const { base, value } = change;
  const field = fieldOf(change);
  switch (field) {
    case 'messages':
      return itemsOfMessages(change);
    case 'message_template_status_update':
      return attempt(base, () => readTemplateStatus(base, value));
    case 'message_template_quality_update':
      return attempt(base, () => readTemplateQuality(base, value));
    case 'template_category_update':
      return attempt(base, () => readTemplateCategory(base, value));
    case 'phone_number_quality_update':
      return attempt(base, () => readNumberQuality(base, value));
    case 'user_preferences':
      return members(change, 'user_preferences', (spot) => readUserPreference(spot, objectOf(spot.raw)));
    case 'smb_message_echoes':
    case 'message_echoes':
      return members(change, 'message_echoes', readEcho);
    case 'smb_app_state_sync':
      return members(change, 'state_sync', readContactSync);
    case 'history':
      return attempt(base, () => readHistory(base, value));
    case 'business_username_update':
      return attempt(base, () => readUsernameUpdate(base, value));
    default: {
      const kind = field !== null && Object.hasOwn(RAW_FIELDS, field) ? RAW_FIELDS[field] : undefined;
      return [kind ? { ...base, kind } : unknown(base, 'field.unknown')];
    }
  }
}

/** The field, by the shape of the value where the field is missing or is known to be wrong in Meta's own examples. */
function fieldOf({ base, value }: Change): string | null {
  if (base.field === null) {
    return ['messages', 'statuses', 'errors'].some((key) => value[key] !== undefined) ? 'messages' : null;
  }
  return base.field === 'message_template_status_update' && value.new_quality_score !== undefined
    ? 'message_template_quality_update'
    : base.field;
}

function itemsOfMessages(change: Change): WebhookItem[] {
  const { base, value } = change;
  return [
    ...(value.messages === undefined ? [] : members(change, 'messages', (spot) => readMessage(spot, value.contacts))),
    ...(value.statuses === undefined ? [] : members(change, 'statuses', (spot) => readStatus(spot, value.contacts))),
    ...(value.errors === undefined
      ? []
      : attempt(base, () => readErrors({ ...base, path: `${base.path}/errors`, raw: value.errors }, value.errors))),
  ];
}

/** The items of each member of a list: one for most. */
function members({ base, value }: Change, key: string, read: (spot: WebhookItemBase) => WebhookItem | WebhookItem[]): WebhookItem[] {
  return spots(`${base.path}/${key}`, value[key]).flatMap(({ path, value: raw }) => {
    const spot = { ...base, path, raw };
    return isJsonObject(raw) ? attempt(spot, () => read(spot)) : [unknown(spot, 'item.not-an-object')];
  });
}

/** Reading is written not to throw; if it does after all, the damage stays with this item, which can be replayed. */
function attempt(base: WebhookItemBase, read: () => WebhookItem | WebhookItem[]): WebhookItem[] {
  try {
    return [read()].flat();
  } catch {
    return [unknown(base, 'item.unreadable')];
  }
}

function spots(path: string, value: unknown): Spot[] {
  return Array.isArray(value)
    ? value.map((member: unknown, place) => ({ path: `${path}/${place}`, value: member }))
    : listOf(value).map((only) => ({ path, value: only }));
}

function placeless(path: string, raw: unknown): WebhookItemBase {
  return { path, wabaId: null, field: null, phoneNumberId: null, displayPhoneNumber: null, time: null, raw };
}

function unknown(base: WebhookItemBase, problem: string): WebhookItem {
  return { ...base, kind: 'unknown', problem };
}
