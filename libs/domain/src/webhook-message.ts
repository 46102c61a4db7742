import { parseExactJson } from './exact-json.js';
import { idOf, isJsonObject, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { MESSAGE_KINDS, type MessageKind } from './message.js';
import { readErrorList, timeOf } from './webhook-content.js';
import type { EchoContent, MessageBody, UserIds } from './webhook-contents.js';
import { isBusinessScopedId, type WebhookItem, type WebhookItemBase } from './webhook-event.js';
import { readEdit, readIdentityChange, readRevoke } from './webhook-message-change.js';

/** Types whose name differs from our kind. */
const KIND_OF_TYPE: Readonly<Record<string, MessageKind>> = { voice: 'audio', unknown: 'unsupported' };

/**
 * What a member of `messages` stands for: a message, a change of one, or a message that tells of a new identity, which is two
 * items. Its sender is found among `contacts`, which system messages come without.
 */
export function readMessage(base: WebhookItemBase, contacts: unknown): WebhookItem[] {
  const raw = objectOf(base.raw);
  const wamid = idOf(raw.id);
  if (wamid === null) return [{ ...base, kind: 'unknown', problem: 'message.without-id' }];
  if (raw.type === 'edit') return [readEdit(base, wamid, 'INBOUND', readBody)];
  if (raw.type === 'revoke') return [readRevoke(base, wamid, 'INBOUND')];
  const message = customerMessage(base, wamid, contactOf(raw, contacts));
  return raw.type === 'system' ? [message, ...readIdentityChange(base, wamid)] : [message];
}

function customerMessage(base: WebhookItemBase, wamid: string, contact: JsonObject): WebhookItem {
  const raw = objectOf(base.raw);
  const system = objectOf(raw.system);
  // A user without a phone number is named by the system object alone when the id changes.
  const [phones, userIds] = sortIds([raw.from, contact.wa_id, raw.from_user_id, contact.user_id, system.previous_user_id, system.user_id]);
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
      groupId: idOf(raw.group_id),
      errors: readErrorList(raw.errors),
      ...readBody(raw),
    },
  };
}

/** A member of `message_echoes`: what the staff wrote in the Business app, or changed there. */
export function readEcho(base: WebhookItemBase): WebhookItem {
  const raw = objectOf(base.raw);
  const wamid = idOf(raw.id);
  if (wamid === null) return { ...base, kind: 'unknown', problem: 'echo.without-id' };
  if (raw.type === 'edit') return readEdit(base, wamid, 'OUTBOUND', readBody);
  if (raw.type === 'revoke') return readRevoke(base, wamid, 'OUTBOUND');
  const content: EchoContent = {
    wamid,
    to: userIdsOf([raw.to, raw.to_user_id], raw.to_parent_user_id),
    at: timeOf(raw.timestamp),
    groupId: idOf(raw.group_id),
    errors: readErrorList(raw.errors),
    ...readBody(raw),
  };
  return { ...base, kind: 'echo', content };
}

/** What a message says: its type, the object named after it, and what stands beside that object. */
export function readBody(raw: JsonObject): MessageBody {
  const type = textOf(raw.type) ?? 'unsupported';
  return { type, kind: kindOf(type), contextWamid: idOf(objectOf(raw.context).id), content: contentOf(type, raw) };
}

/** A user by the ids that some members hold, whichever kind of id they turn out to be. */
export function userIdsOf(values: readonly unknown[], parentUserId: unknown): UserIds {
  const [phones, userIds] = sortIds(values);
  return { waId: phones[0] ?? null, userId: userIds[0] ?? null, parentUserId: idOf(parentUserId) };
}

function kindOf(type: string): MessageKind {
  if (Object.hasOwn(KIND_OF_TYPE, type)) return KIND_OF_TYPE[type] ?? 'unsupported';
  return MESSAGE_KINDS.find((kind) => kind === type && kind !== 'template') ?? 'unsupported';
}

function contentOf(type: string, raw: JsonObject): JsonObject {
  const body = Object.hasOwn(raw, type) ? raw[type] : undefined;
  return { ...bodyOf(type, body, raw), ...undelivered(type, raw), ...besides(raw) };
}

function bodyOf(type: string, body: unknown, raw: JsonObject): JsonObject {
  if (type === 'contacts') return { contacts: listOf(body) as JsonObject[], ...originOf(raw) };
  return type === 'interactive' ? withResponse(objectOf(body)) : objectOf(body);
}

/** The answer of a flow comes as JSON in a text; beside it stands what it says, where it can be read. */
function withResponse(body: JsonObject): JsonObject {
  const reply = body.nfm_reply;
  const json = isJsonObject(reply) ? textOf(reply.response_json) : null;
  if (!isJsonObject(reply) || json === null) return body;
  try {
    const response = parseExactJson(json);
    return isJsonObject(response) ? { ...body, nfm_reply: { ...reply, response } } : body;
  } catch {
    return body;
  }
}

/** Why Meta could not hand a message over is all that there is to see of it. */
function undelivered(type: string, raw: JsonObject): JsonObject {
  const errors = kindOf(type) === 'unsupported' ? (listOf(raw.errors).filter(isJsonObject) as JsonObject[]) : [];
  const isNamed = type === 'unsupported' || type === 'unknown' || Object.hasOwn(objectOf(raw[type]), 'type');
  // The type of what has no kind of its own would be lost with its name.
  return { ...(kindOf(type) === 'unsupported' && !isNamed && { type }), ...(errors.length > 0 && { errors }) };
}

/** Where a shared card came from: the answer to our request for one, or the customer's own idea. */
const originOf = ({ origin }: JsonObject): JsonObject => (textOf(origin) === null ? {} : { origin });

/** What Meta tells of any message: the ad that it came by, that it was passed on, the product that it asks about, its group. */
function besides(raw: JsonObject): JsonObject {
  const { forwarded, frequently_forwarded, referred_product } = objectOf(raw.context);
  return {
    ...(isJsonObject(raw.referral) && { referral: raw.referral }),
    ...(forwarded === true && { forwarded }),
    ...(frequently_forwarded === true && { frequently_forwarded }),
    ...(isJsonObject(referred_product) && { referred_product }),
    ...(raw.group_id !== undefined && { group_id: raw.group_id }),
  };
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
