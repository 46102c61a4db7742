import type { JsonObject } from './json.js';
import type { MessageKind } from './message.js';
import type { MessageStatus, StatusError } from './message-status.js';
import type { TemplateCategory, TemplateStatus } from './template.js';

/** Where an item stood in its envelope, and whom it is about. */
export interface WebhookItemBase {
  /** JSON pointer into the envelope. */
  path: string;
  /** The WhatsApp Business account. */
  wabaId: string | null;
  /** `field` of the change. */
  field: string | null;
  phoneNumberId: string | null;
  /** Some fields name the number by this alone: digits as Meta writes them. */
  displayPhoneNumber: string | null;
  /** Meta's time of the entry, in whole seconds; fields of accounts and templates carry one, messages have their own. */
  time: Date | null;
  /** The item as it came. Integers beyond 2^53 are text. */
  raw: unknown;
}

export interface StatusContent {
  wamid: string;
  status: MessageStatus;
  /** Meta's time; null where it was missing, then the time of receipt counts. */
  at: Date | null;
  /** Digits; missing for recipients known by a business-scoped id. */
  recipientId: string | null;
  recipientUserId: string | null;
  /** `biz_opaque_callback_data`: our attempt id. */
  opaque: string | null;
  errors: StatusError[];
  pricing: JsonObject | null;
}

export interface MessageContent {
  wamid: string;
  /** Digits of the sender; null for users known by a business-scoped id only. */
  from: string | null;
  fromUserId: string | null;
  parentUserId: string | null;
  waId: string | null;
  profileName: string | null;
  username: string | null;
  /** Meta's time (whole seconds); null where it was missing. */
  at: Date | null;
  /** As Meta names it. */
  type: string;
  kind: MessageKind;
  /** The message that this one answers. */
  contextWamid: string | null;
  groupId: string | null;
  /** The object that Meta names after the type; empty where there was none. Contacts come as `{contacts: […]}`. */
  content: JsonObject;
  errors: StatusError[];
}

export interface TemplateStatusContent {
  templateId: string | null;
  name: string | null;
  /** Normalised: `en_US`. */
  language: string | null;
  /** Meta's word. */
  event: string;
  status: TemplateStatus;
  reason: string | null;
  category: TemplateCategory | null;
}

export interface TemplateQualityContent {
  templateId: string | null;
  name: string | null;
  language: string | null;
  previous: string | null;
  current: string | null;
}

export interface TemplateCategoryContent {
  templateId: string | null;
  name: string | null;
  language: string | null;
  /** The category that holds now. */
  category: TemplateCategory | null;
  /** With an announcement: the category to come. */
  upcomingCategory: TemplateCategory | null;
}

export interface NumberQualityContent {
  /** ONBOARDING, THROUGHPUT_UPGRADE, FLAGGED, … */
  event: string | null;
  /** TIER_…, from whichever member this version of the webhook has it in. */
  tier: string | null;
}

export interface UserPreferenceContent {
  waId: string | null;
  userId: string | null;
  category: string | null;
  value: string | null;
  at: Date | null;
}

/** Items whose content is read. */
export interface TypedContents {
  status: StatusContent;
  message: MessageContent;
  'template-status': TemplateStatusContent;
  'template-quality': TemplateQualityContent;
  'template-category': TemplateCategoryContent;
  'number-quality': NumberQualityContent;
  'user-preference': UserPreferenceContent;
  /** `value.errors`: trouble of the account or the app, with no message attached. */
  errors: { errors: StatusError[] };
}

/** Kinds that are known and kept as they came. */
export const RAW_KINDS = [
  'template-components',
  'number-name',
  'account-update',
  'account-review',
  'account-alert',
  'business-capability',
  'security',
  'echo',
  'app-state-sync',
  'history',
  'username-update',
] as const;

export type RawKind = (typeof RAW_KINDS)[number];

export type TypedItem = {
  [Kind in keyof TypedContents]: WebhookItemBase & { kind: Kind; content: TypedContents[Kind] };
}[keyof TypedContents];

export type RawItem = WebhookItemBase & { kind: RawKind };

/** What we don't know, or could not read: stored and counted. */
export type UnknownItem = WebhookItemBase & { kind: 'unknown'; problem: string };

export type WebhookItem = TypedItem | RawItem | UnknownItem;

export type WebhookItemKind = WebhookItem['kind'];

/** A business-scoped user id (`US.1349…`, `US.ENT.118…`): some senders put it where a phone number belongs. */
export function isBusinessScopedId(text: string): boolean {
  return /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]+$/.test(text);
}
