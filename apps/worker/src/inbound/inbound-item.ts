import type { ChangedTemplate, RoutedAccount, RoutedNumber } from '@parley/data';
import type { EventName, RawItem, RetryPolicy, TypedItem, WebhookItem } from '@parley/domain';
import type { LogEventName } from '@parley/platform';

/** An item with the ledger event that it stands in. */
export interface LedgerWork {
  eventId: string;
  /** The tenant of the app that signed; null for the platform's app, which speaks for all. */
  appTenantId: string | null;
  item: WebhookItem;
  /** Attempts before this one. */
  attempts: number;
  /** Whether webhook_items has a row for it, which must then say how this attempt ended. */
  isNoted: boolean;
}

/** An item whose number, and so whose tenant, is known. */
export interface RoutedWork<Item extends WebhookItem = WebhookItem> extends LedgerWork {
  item: Item;
  number: RoutedNumber;
}

/** An item whose account is known; several tenants may have one. */
export interface AccountWork<Item extends WebhookItem = WebhookItem> extends LedgerWork {
  item: Item;
  accounts: readonly RoutedAccount[];
}

export type ItemOf<Kind extends WebhookItem['kind']> = Extract<WebhookItem, { kind: Kind }>;

export type TemplateItem =
  | Extract<TypedItem, { kind: 'template-status' | 'template-quality' | 'template-category' }>
  | (RawItem & { kind: 'template-components' });
export type StatusItem = ItemOf<'status'>;
export type MessageItem = ItemOf<'message'>;
/** A change of an earlier message. */
export type ChangeItem = ItemOf<'edit' | 'revoke'>;
export type EchoItem = ItemOf<'echo'>;
export type HistoryItem = ItemOf<'history'>;
export type StatusNoteItem = ItemOf<'status-note'>;
export type IdentityChangeItem = ItemOf<'identity-change'>;
export type ContactSyncItem = ItemOf<'contact-sync'>;
export type PreferenceItem = ItemOf<'user-preference'>;

/** What became of an item. Only the last four leave a row in webhook_items. */
export type ItemOutcome = 'applied' | 'duplicate' | 'stored' | 'unrouted' | 'refused' | 'retry' | 'dead';

/** A change that an item made: for the log, and for the count of events that tenants may read. */
export interface ItemNews {
  resource: 'message' | 'conversation' | 'contact' | 'consent' | 'number' | 'account';
  id: string;
  to: string;
  event: EventName | null;
  /** The number that an accepted message wakes. */
  numberId?: string;
  /** The log event, where it is not the resource's change of state. */
  logAs?: LogEventName;
}

/** What a set changed of templates, and the accounts whose lists have to be read to know more. */
export interface TemplateAftermath {
  changed: readonly ChangedTemplate[];
  unread: readonly RoutedAccount[];
}

export interface AppliedItem {
  outcome: Exclude<ItemOutcome, 'unrouted' | 'refused' | 'dead'>;
  /** Why it has to be tried again. */
  error?: string;
  /** How long, where the attempts of webhooks are too few. What waited in vain is kept: nobody can mend it. */
  patience?: RetryPolicy;
  news?: readonly ItemNews[];
  templates?: TemplateAftermath;
}

const LABELS = {
  status: 'status',
  'status-note': 'status',
  message: 'message',
  edit: 'message',
  revoke: 'message',
  'identity-change': 'contact',
  'template-status': 'template',
  'template-quality': 'template',
  'template-category': 'template',
  'template-components': 'template',
  'number-quality': 'number',
  'number-name': 'number',
  'username-update': 'number',
  'account-update': 'account',
  'account-review': 'account',
  'account-alert': 'account',
  'business-capability': 'account',
  security: 'account',
  errors: 'account',
  'user-preference': 'consent',
  echo: 'echo',
  'contact-sync': 'contact',
  history: 'history',
  'history-declined': 'history',
  unknown: 'unknown',
} as const satisfies Record<WebhookItem['kind'], string>;

/** The item's kind as metrics name it. */
export const kindLabel = (item: WebhookItem) => LABELS[item.kind];
