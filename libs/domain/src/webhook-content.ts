import { idOf, isJsonObject, type JsonObject, listOf, objectOf, textOf } from './json.js';
import { MESSAGE_STATUSES, type StatusError } from './message-status.js';
import { normalizeLanguage, type TemplateCategory, templateCategoryOf, templateStatusOf } from './template.js';
import type { StatusContent } from './webhook-contents.js';
import type { WebhookItem, WebhookItemBase } from './webhook-event.js';

/** A status of a message that we sent. Of the recipient `contacts` may tell more. */
export function readStatus(base: WebhookItemBase, contacts: unknown): WebhookItem {
  const raw = objectOf(base.raw);
  const wamid = idOf(raw.id);
  if (wamid === null) return { ...base, kind: 'unknown', problem: 'status.without-id' };
  const said = { wamid, at: timeOf(raw.timestamp), opaque: textOf(raw.biz_opaque_callback_data), errors: readErrorList(raw.errors) };
  const status = MESSAGE_STATUSES.find((known) => known === raw.status);
  if (status) return { ...base, kind: 'status', content: { ...said, status, ...deliveryOf(raw, contacts) } };
  const note = STATUS_NOTES.find((known) => known === raw.status);
  return note ? { ...base, kind: 'status-note', content: { ...said, note } } : { ...base, kind: 'unknown', problem: 'status.unknown' };
}

/** What older versions of the webhooks say of a message beside its delivery. */
const STATUS_NOTES = ['warning', 'deleted'] as const;

function deliveryOf(raw: JsonObject, contacts: unknown): Omit<StatusContent, 'wamid' | 'at' | 'opaque' | 'errors' | 'status'> {
  const recipientId = idOf(raw.recipient_id);
  const recipientUserId = idOf(raw.recipient_user_id);
  return {
    recipientId,
    recipientUserId,
    recipient: recipientOf(listOf(contacts).filter(isJsonObject), [recipientId, recipientUserId]),
    pricing: isJsonObject(raw.pricing) ? raw.pricing : null,
    conversation: isJsonObject(raw.conversation) ? raw.conversation : null,
  };
}

/** The contact with one of these ids; a single one that names another is somebody else. */
function recipientOf(contacts: readonly JsonObject[], ids: readonly (string | null)[]): StatusContent['recipient'] {
  const contact = contacts.find(({ wa_id, user_id }) => [idOf(wa_id), idOf(user_id)].some((id) => id !== null && ids.includes(id)));
  if (!contact) return null;
  const profile = objectOf(contact.profile);
  return {
    waId: idOf(contact.wa_id),
    userId: idOf(contact.user_id),
    parentUserId: idOf(contact.parent_user_id),
    profileName: textOf(profile.name),
    username: textOf(profile.username),
  };
}

export function readTemplateStatus(base: WebhookItemBase, value: JsonObject): WebhookItem {
  const event = textOf(value.event);
  if (event === null) return { ...base, kind: 'unknown', problem: 'event.missing' };
  return {
    ...base,
    kind: 'template-status',
    content: {
      ...templateOf(value),
      event,
      status: templateStatusOf(event),
      reason: reasonOf(value),
      category: categoryOf(value.message_template_category),
    },
  };
}

/** Why: what Meta names, else which pause it is or what the reviewer wrote. */
function reasonOf({ reason, other_info, rejection_info }: JsonObject): string | null {
  const named = textOf(reason);
  if (named !== null && named !== 'NONE') return named;
  return textOf(objectOf(other_info).title) ?? textOf(objectOf(rejection_info).reason);
}

export function readTemplateQuality(base: WebhookItemBase, value: JsonObject): WebhookItem {
  return {
    ...base,
    kind: 'template-quality',
    content: {
      ...templateOf(value),
      previous: textOf(value.previous_quality_score),
      current: textOf(value.new_quality_score),
    },
  };
}

/** An announcement names the present category as new and the one to come as correct. */
export function readTemplateCategory(base: WebhookItemBase, value: JsonObject): WebhookItem {
  return {
    ...base,
    kind: 'template-category',
    content: {
      ...templateOf(value),
      category: categoryOf(value.new_category),
      upcomingCategory: categoryOf(value.correct_category),
    },
  };
}

/** Meta moved the tier from `current_limit` to another member in 2026. */
export function readNumberQuality(base: WebhookItemBase, value: JsonObject): WebhookItem {
  const tier = idOf(value.max_daily_conversations_per_business) ?? textOf(value.current_limit);
  return { ...base, kind: 'number-quality', content: { event: textOf(value.event), tier } };
}

export function readUsernameUpdate(base: WebhookItemBase, value: JsonObject): WebhookItem {
  return { ...base, kind: 'username-update', content: { username: textOf(value.username), status: textOf(value.status) } };
}

export function readUserPreference(base: WebhookItemBase, value: JsonObject): WebhookItem {
  return {
    ...base,
    kind: 'user-preference',
    content: {
      waId: idOf(value.wa_id),
      userId: idOf(value.user_id),
      category: textOf(value.category),
      value: textOf(value.value),
      at: timeOf(value.timestamp),
    },
  };
}

export function readErrors(base: WebhookItemBase, errors: unknown): WebhookItem {
  return { ...base, kind: 'errors', content: { errors: readErrorList(errors) } };
}

/** Meta's error objects. `error_data` is a text in some of them. */
export function readErrorList(errors: unknown): StatusError[] {
  return listOf(errors)
    .filter(isJsonObject)
    .map((error) => {
      const code = Number(idOf(error.code) ?? Number.NaN);
      return {
        code: Number.isSafeInteger(code) ? code : null,
        title: textOf(error.title) ?? textOf(error.message),
        details: textOf(error.error_data) ?? textOf(objectOf(error.error_data).details),
      };
    });
}

/** A time given in Unix seconds, as text or number; null when it is neither or out of range. */
export function timeOf(value: unknown): Date | null {
  const digits = idOf(value);
  if (digits === null || !/^\d{1,12}$/.test(digits)) return null;
  return new Date(Number(digits) * 1000);
}

function templateOf(value: JsonObject): { templateId: string | null; name: string | null; language: string | null } {
  const language = textOf(value.message_template_language);
  return {
    templateId: idOf(value.message_template_id),
    name: textOf(value.message_template_name),
    language: language === null ? null : normalizeLanguage(language),
  };
}

function categoryOf(value: unknown): TemplateCategory | null {
  const category = textOf(value);
  return category === null ? null : templateCategoryOf(category);
}
