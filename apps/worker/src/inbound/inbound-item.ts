import type { RoutedNumber } from '@parley/data';
import type { EventName, WebhookItem } from '@parley/domain';

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

export type StatusItem = Extract<WebhookItem, { kind: 'status' }>;
export type MessageItem = Extract<WebhookItem, { kind: 'message' }>;

/** What became of an item. Only the last four leave a row in webhook_items. */
export type ItemOutcome = 'applied' | 'duplicate' | 'stored' | 'unrouted' | 'refused' | 'retry' | 'dead';

/** A change that an item made: for the log, and for the count of events that tenants may read. */
export interface ItemNews {
  resource: 'message' | 'conversation' | 'consent';
  id: string;
  to: string;
  event: EventName | null;
}

export interface AppliedItem {
  outcome: Exclude<ItemOutcome, 'unrouted' | 'refused' | 'dead'>;
  /** Why it has to be tried again. */
  error?: string;
  news?: readonly ItemNews[];
}

const LABELS = {
  status: 'status',
  message: 'message',
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
  'app-state-sync': 'echo',
  history: 'echo',
  unknown: 'unknown',
} as const satisfies Record<WebhookItem['kind'], string>;

/** The item's kind as metrics name it. */
export const kindLabel = (item: WebhookItem) => LABELS[item.kind];
