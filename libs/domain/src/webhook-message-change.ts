import { idOf, type JsonObject, objectOf, textOf } from './json.js';
import { timeOf } from './webhook-content.js';
import type { ChangeContent, IdentityChangeContent, MessageBody, UserIds } from './webhook-contents.js';
import { isBusinessScopedId, type WebhookItem, type WebhookItemBase } from './webhook-event.js';

type Direction = ChangeContent['direction'];

/** A message of the type `edit`: what an earlier one says from now on. */
export function readEdit(base: WebhookItemBase, wamid: string, direction: Direction, bodyOf: (message: JsonObject) => MessageBody): WebhookItem {
  const raw = objectOf(base.raw);
  const edit = objectOf(raw.edit);
  const originalWamid = idOf(edit.original_message_id);
  const message = objectOf(edit.message);
  if (originalWamid === null) return { ...base, kind: 'unknown', problem: 'edit.without-original' };
  if (textOf(message.type) === null) return { ...base, kind: 'unknown', problem: 'edit.without-message' };
  return { ...base, kind: 'edit', content: { wamid, originalWamid, at: timeOf(raw.timestamp), direction, ...bodyOf(message) } };
}

/** A message of the type `revoke`: an earlier one was taken back. */
export function readRevoke(base: WebhookItemBase, wamid: string, direction: Direction): WebhookItem {
  const raw = objectOf(base.raw);
  const originalWamid = idOf(objectOf(raw.revoke).original_message_id);
  if (originalWamid === null) return { ...base, kind: 'unknown', problem: 'revoke.without-original' };
  return { ...base, kind: 'revoke', content: { wamid, originalWamid, at: timeOf(raw.timestamp), direction } };
}

const CHANGE_OF_TYPE: Readonly<Record<string, IdentityChangeContent['change']>> = {
  user_changed_number: 'number',
  customer_changed_number: 'number',
  user_changed_user_id: 'user-id',
  customer_identity_changed: 'key',
};

/** What a system message says of the ids of its sender; none for any other. `from` is the number before the change. */
export function readIdentityChange(base: WebhookItemBase, wamid: string): WebhookItem[] {
  const raw = objectOf(base.raw);
  const system = objectOf(raw.system);
  const type = textOf(system.type) ?? '';
  const change = Object.hasOwn(CHANGE_OF_TYPE, type) ? CHANGE_OF_TYPE[type] : undefined;
  if (change === undefined) return [];
  const sender = phoneOf(raw.from) ?? phoneOf(system.customer);
  const previous: UserIds = {
    waId: sender,
    userId: userIdOf(system.previous_user_id) ?? userIdOf(raw.from_user_id) ?? userIdOf(raw.from),
    parentUserId: idOf(system.previous_parent_user_id) ?? idOf(raw.from_parent_user_id),
  };
  const current: UserIds = {
    // Up to v11 of the webhooks it was called new_wa_id.
    waId: phoneOf(system.wa_id) ?? phoneOf(system.new_wa_id) ?? (change === 'number' ? null : sender),
    userId: userIdOf(system.user_id) ?? userIdOf(system.wa_id),
    parentUserId: idOf(system.parent_user_id),
  };
  const keyHash = textOf(objectOf(raw.identity).hash) ?? textOf(system.identity);
  return [
    {
      ...base,
      path: `${base.path}/system`,
      kind: 'identity-change',
      content: { wamid, at: timeOf(raw.timestamp), change, previous, current, keyHash: change === 'key' ? keyHash : null },
    },
  ];
}

function phoneOf(value: unknown): string | null {
  const id = idOf(value);
  return id === null || isBusinessScopedId(id) ? null : id;
}

function userIdOf(value: unknown): string | null {
  const id = idOf(value);
  return id !== null && isBusinessScopedId(id) ? id : null;
}
