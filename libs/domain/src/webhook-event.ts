import type { StatusError } from './message-status.js';
import type {
  ChangeContent,
  ContactSyncContent,
  EchoContent,
  EditContent,
  HistoryContent,
  HistoryDeclinedContent,
  IdentityChangeContent,
  MessageContent,
  NumberQualityContent,
  StatusContent,
  StatusNoteContent,
  TemplateCategoryContent,
  TemplateQualityContent,
  TemplateStatusContent,
  UsernameUpdateContent,
  UserPreferenceContent,
} from './webhook-contents.js';

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

/** Items whose content is read. */
export interface TypedContents {
  status: StatusContent;
  'status-note': StatusNoteContent;
  message: MessageContent;
  edit: EditContent;
  revoke: ChangeContent;
  'identity-change': IdentityChangeContent;
  echo: EchoContent;
  'contact-sync': ContactSyncContent;
  history: HistoryContent;
  'history-declined': HistoryDeclinedContent;
  'template-status': TemplateStatusContent;
  'template-quality': TemplateQualityContent;
  'template-category': TemplateCategoryContent;
  'number-quality': NumberQualityContent;
  'username-update': UsernameUpdateContent;
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
