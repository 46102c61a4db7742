import type { JsonObject } from './json.js';
import type { MessageKind } from './message.js';
import type { MessageStatus, StatusError } from './message-status.js';
import type { TemplateCategory, TemplateStatus } from './template.js';

/** The ids by which Meta names a user; which of them are there depends on what the user shares. */
export interface UserIds {
  /** Digits. */
  waId: string | null;
  /** Business-scoped. */
  userId: string | null;
  parentUserId: string | null;
}

export interface StatusContent {
  wamid: string;
  status: MessageStatus;
  /** Meta's time; null where it was missing, then the time of receipt counts. */
  at: Date | null;
  /** Digits; missing for recipients known by a business-scoped id. */
  recipientId: string | null;
  recipientUserId: string | null;
  /** What `contacts` of the webhook tells of the recipient; null without one. */
  recipient: (UserIds & { profileName: string | null; username: string | null }) | null;
  /** `biz_opaque_callback_data`: our attempt id. */
  opaque: string | null;
  errors: StatusError[];
  pricing: JsonObject | null;
  /** Until when messages are free, with a free entry point only. */
  conversation: JsonObject | null;
}

/** A word of Meta's on a message that is no step of its delivery: `warning`, `deleted`. */
export interface StatusNoteContent {
  wamid: string;
  note: string;
  at: Date | null;
  opaque: string | null;
  errors: StatusError[];
}

/** What a message says, whoever wrote it. */
export interface MessageBody {
  /** As Meta names it. */
  type: string;
  kind: MessageKind;
  /** The message that this one answers. */
  contextWamid: string | null;
  /**
   * The object that Meta names after the type; empty where there was none. Contacts come as `{contacts: […]}`. What Meta puts
   * beside that object is added where it is there: `referral` (the ad), `forwarded`, `referred_product`.
   */
  content: JsonObject;
}

export interface MessageContent extends MessageBody {
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
  groupId: string | null;
  errors: StatusError[];
}

/** A change of a message by its writer: the customer, or in an echo the staff. */
export interface ChangeContent {
  /** Of the change itself. */
  wamid: string;
  originalWamid: string;
  at: Date | null;
  /** Whose message it is, as in `messages.direction`. */
  direction: 'INBOUND' | 'OUTBOUND';
}

/** What the message says from now on. */
export type EditContent = ChangeContent & MessageBody;

export interface IdentityChangeContent {
  /** Of the system message, which is a message of its own beside this. */
  wamid: string;
  at: Date | null;
  /** `number`: another phone number; `user-id`: another business-scoped id alone; `key`: another encryption key. */
  change: 'number' | 'user-id' | 'key';
  previous: UserIds;
  current: UserIds;
  /** Of a change of key: Meta's hash of the new one. */
  keyHash: string | null;
}

/** A message that the staff wrote in the WhatsApp Business app. */
export interface EchoContent extends MessageBody {
  wamid: string;
  to: UserIds;
  at: Date | null;
  groupId: string | null;
  errors: StatusError[];
}

/** A person in the address book of the WhatsApp Business app. */
export interface ContactSyncContent {
  action: 'add' | 'remove';
  /** As the app has it: digits, with or without a plus. */
  phone: string | null;
  userId: string | null;
  fullName: string | null;
  firstName: string | null;
  at: Date | null;
}

/** A message of the time before the number was connected. */
export interface HistoryContent extends MessageBody {
  wamid: string;
  direction: 'INBOUND' | 'OUTBOUND';
  /** The customer, on whichever side of the message. */
  customer: UserIds;
  at: Date | null;
  /** SENT, DELIVERED, READ, PLAYED, PENDING, ERROR; null where Meta does not say. */
  status: string | null;
  /** 0: the last day, 1: 90 days, 2: 180 days; null for media that come after their placeholder. */
  phase: number | null;
  chunkOrder: number | null;
  /** Percent. */
  progress: number | null;
  errors: StatusError[];
}

/** The business did not share its history, or it cannot be had. */
export interface HistoryDeclinedContent {
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

/** The name by which users find the business. */
export interface UsernameUpdateContent {
  username: string | null;
  /** approved, reserved, deleted */
  status: string | null;
}
