import { idOf, isJsonObject, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { readErrorList, timeOf } from './webhook-content.js';
import type { HistoryContent } from './webhook-contents.js';
import type { WebhookItem, WebhookItemBase } from './webhook-event.js';
import { readBody, userIdsOf } from './webhook-message.js';

/** A member of `state_sync`: somebody was put into the address book of the Business app, or taken out of it. */
export function readContactSync(base: WebhookItemBase): WebhookItem {
  const raw = objectOf(base.raw);
  const contact = objectOf(raw.contact);
  const action = raw.action;
  if (action !== 'add' && action !== 'remove') return { ...base, kind: 'unknown', problem: 'contact-sync.unknown' };
  const { waId: phone, userId } = userIdsOf([contact.phone_number, contact.user_id], null);
  return {
    ...base,
    kind: 'contact-sync',
    content: {
      action,
      phone,
      userId,
      fullName: textOf(contact.full_name),
      firstName: textOf(contact.first_name),
      at: timeOf(objectOf(raw.metadata).timestamp),
    },
  };
}

/**
 * A value of the field `history`: chunks of threads of messages, one item for each message; media that were announced by a
 * placeholder come later, as plain `messages`.
 */
export function readHistory(base: WebhookItemBase, value: JsonObject): WebhookItem[] {
  const chunks = placesOf(`${base.path}/history`, value.history);
  const media = placesOf(`${base.path}/messages`, value.messages);
  return [
    ...chunks.flatMap(({ path, value: chunk }) => chunkItems({ ...base, path, raw: chunk })),
    ...media.map(({ path, value: message }) => historyMessage({ ...base, path, raw: message }, {}, null)),
  ];
}

function chunkItems(base: WebhookItemBase): WebhookItem[] {
  if (!isJsonObject(base.raw)) return [{ ...base, kind: 'unknown', problem: 'item.not-an-object' }];
  const { metadata, threads, errors } = base.raw;
  const items = placesOf(`${base.path}/threads`, threads).flatMap(({ path, value }) => {
    const thread = objectOf(value);
    return placesOf(`${path}/messages`, thread.messages).map((one) =>
      historyMessage({ ...base, path: one.path, raw: one.value }, objectOf(metadata), idOf(thread.id)),
    );
  });
  if (errors !== undefined) {
    items.push({ ...base, path: `${base.path}/errors`, raw: errors, kind: 'history-declined', content: { errors: readErrorList(errors) } });
  }
  // A phase without messages tells of the progress only.
  return items.length > 0 ? items : [{ ...base, kind: 'unknown', problem: 'history.without-messages' }];
}

function historyMessage(base: WebhookItemBase, metadata: JsonObject, threadId: string | null): WebhookItem {
  if (!isJsonObject(base.raw)) return { ...base, kind: 'unknown', problem: 'item.not-an-object' };
  const raw = base.raw;
  const wamid = idOf(raw.id);
  if (wamid === null) return { ...base, kind: 'unknown', problem: 'message.without-id' };
  const direction = directionOf(raw, base.displayPhoneNumber);
  const others = direction === 'INBOUND' ? [raw.from, raw.from_user_id] : [raw.to, raw.to_user_id];
  const context = objectOf(raw.history_context);
  const content: HistoryContent = {
    wamid,
    direction,
    customer: userIdsOf([...others, threadId], direction === 'INBOUND' ? raw.from_parent_user_id : raw.to_parent_user_id),
    at: timeOf(raw.timestamp),
    status: textOf(context.status)?.toUpperCase() ?? null,
    phase: countOf(metadata.phase),
    chunkOrder: countOf(metadata.chunk_order),
    progress: countOf(metadata.progress),
    errors: readErrorList(raw.errors),
    ...readBody(raw),
  };
  return { ...base, kind: 'history', content };
}

/** Only what the business wrote names a receiver; some senders say it in words, too. */
function directionOf(raw: JsonObject, displayPhoneNumber: string | null): HistoryContent['direction'] {
  const fromMe = objectOf(raw.history_context).from_me;
  if (typeof fromMe === 'boolean') return fromMe ? 'OUTBOUND' : 'INBOUND';
  const own = displayPhoneNumber?.replace(/\D/g, '') ?? '';
  const isOwn = own !== '' && idOf(raw.from)?.replace(/\D/g, '') === own;
  return isOwn || raw.to !== undefined || raw.to_user_id !== undefined ? 'OUTBOUND' : 'INBOUND';
}

function countOf(value: unknown): number | null {
  const count = Number(idOf(value) ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function placesOf(path: string, value: unknown): { path: string; value: unknown }[] {
  return Array.isArray(value)
    ? value.map((member: unknown, place) => ({ path: `${path}/${place}`, value: member }))
    : listOf(value).map((only) => ({ path, value: only }));
}
