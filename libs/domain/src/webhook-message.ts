import { idOf, isJsonObject, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { MESSAGE_KINDS, type MessageKind } from './message.js';
import { readErrorList, timeOf } from './webhook-content.js';
import { isBusinessScopedId, type WebhookItem, type WebhookItemBase } from './webhook-event.js';

/** Types whose name differs from our kind. */
const KIND_OF_TYPE: Readonly<Record<string, MessageKind>> = { voice: 'audio', unknown: 'unsupported' };

/** An inbound message. Its sender is found among `contacts`, which system messages come without. */
export function readMessage(base: WebhookItemBase, contacts: unknown): WebhookItem {
  const raw = objectOf(base.raw);
  const wamid = idOf(raw.id);
  if (wamid === null) return { ...base, kind: 'unknown', problem: 'message.without-id' };
  const type = textOf(raw.type) ?? 'unsupported';
  const contact = contactOf(raw, contacts);
  const [phones, userIds] = sortIds([raw.from, contact.wa_id, raw.from_user_id, contact.user_id]);
  const profile = objectOf(contact.profile);
  return {
    ...base,
    kind: 'message',
    content: {
      wamid,
      from: idOf(raw.from) !== null && !isBusinessScopedId(String(raw.from)) ? idOf(raw.from) : null,
      fromUserId: userIds[0] ?? null,
      parentUserId: idOf(raw.from_parent_user_id) ?? idOf(contact.parent_user_id),
      waId: sortIds([contact.wa_id])[0][0] ?? phones[0] ?? null,
      profileName: textOf(profile.name),
      username: textOf(profile.username),
      at: timeOf(raw.timestamp),
      type,
      kind: kindOf(type),
      contextWamid: idOf(objectOf(raw.context).id),
      groupId: idOf(raw.group_id),
      content: contentOf(type, raw),
      errors: readErrorList(raw.errors),
    },
  };
}

function kindOf(type: string): MessageKind {
  if (Object.hasOwn(KIND_OF_TYPE, type)) return KIND_OF_TYPE[type] ?? 'unsupported';
  return MESSAGE_KINDS.find((kind) => kind === type && kind !== 'template') ?? 'unsupported';
}

function contentOf(type: string, raw: JsonObject): JsonObject {
  const body = Object.hasOwn(raw, type) ? raw[type] : undefined;
  if (type === 'contacts') return { contacts: listOf(body) as JsonObject[] };
  // Why Meta could not hand a message over is all that there is to see of it.
  const errors = kindOf(type) === 'unsupported' ? listOf(raw.errors).filter(isJsonObject) : [];
  return errors.length > 0 ? { ...objectOf(body), errors } : objectOf(body);
}

/** The contact with the sender's phone or user id; a single one that names neither belongs to the sender too. */
function contactOf(message: JsonObject, contacts: unknown): JsonObject {
  const known = listOf(contacts).filter(isJsonObject);
  const ids = [idOf(message.from), idOf(message.from_user_id)].filter((id) => id !== null);
  const match = known.find((contact) =>
    [idOf(contact.wa_id), idOf(contact.user_id)].some((id) => id && ids.includes(id)),
  );
  // Of a number change the only contact is the new number, which is not the sender.
  return match ?? (known.length === 1 && message.type !== 'system' ? (known[0] ?? {}) : {});
}

/** Phone-like ids and business-scoped ids apart, whichever member they came in. */
function sortIds(values: readonly unknown[]): [phones: string[], userIds: string[]] {
  const ids = values.map(idOf).filter((id) => id !== null);
  return [ids.filter((id) => !isBusinessScopedId(id)), ids.filter(isBusinessScopedId)];
}
