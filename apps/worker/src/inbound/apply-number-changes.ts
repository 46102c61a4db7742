import { applyAccountReview, applyAccountState, applyNumberFact, CANARY_TEMPLATE, noteCanarySeen, type RoutedAccount, type SystemTx } from '@parley/data';
import { dropInvalidText, readNumberChanges, type NumberChange, type NumberItem, type WebhookItem } from '@parley/domain';
import type { AccountWork, AppliedItem, ItemNews, LedgerWork } from './inbound-item.js';
import { writtenAt } from './written-at.js';

const KINDS: readonly WebhookItem['kind'][] = [
  'number-quality', 'number-name', 'account-update', 'account-review', 'account-alert', 'business-capability', 'security', 'username-update',
];

export const isNumberItem = (item: WebhookItem): item is NumberItem => KINDS.includes(item.kind);

/**
 * Applies what a set says of numbers and accounts, each fact where it is newer than what stands there, so that any order
 * and any number of deliveries end alike. By position. These webhooks are few: each is a statement of its own.
 */
export async function applyNumberChanges(tx: SystemTx, works: readonly AccountWork<NumberItem>[]): Promise<AppliedItem[]> {
  const results: AppliedItem[] = [];
  for (const { item, eventId, accounts } of works) {
    const changes = readNumberChanges(item);
    const at = item.time ?? writtenAt(eventId);
    const news: ItemNews[] = [];
    for (const change of changes) for (const account of accounts) news.push(...(await applyChange(tx, account, change, at)));
    results.push({ outcome: changes.length === 0 ? 'stored' : news.length > 0 ? 'applied' : 'duplicate', news });
  }
  return results;
}

async function applyChange(tx: SystemTx, account: RoutedAccount, change: NumberChange, at: Date): Promise<ItemNews[]> {
  switch (change.kind) {
    case 'account-state': {
      const numbers = await applyAccountState(tx, account, change, at);
      if (numbers === null) return [];
      return [accountNews(account, 'state_changed', change.state), ...numbers.map(({ id, became }) => numberNews(id, became === 'paused' ? 'PAUSED' : 'RESUMED'))];
    }
    case 'review':
      return (await applyAccountReview(tx, account, dropInvalidText(change.decision), at)) ? [accountNews(account, 'state_changed', `REVIEW_${change.decision}`)] : [];
    // Nothing is kept of these two beside the ledger: people read them in the log.
    case 'security':
      return [{ resource: 'account', id: account.id, to: change.event, event: null, logAs: 'number.security_changed' }];
    case 'alert':
      return [accountNews(account, 'alerted', `${change.severity} ${change.type}`)];
    case 'name':
      return (await applyNumberFact(tx, account, withoutBadText(change), at)).map(({ id }) => ({ resource: 'number', id, to: `NAME_${change.nameStatus}`, event: null }));
    case 'username':
      return (await applyNumberFact(tx, account, withoutBadUsername(change), at)).map(({ id }) => ({ resource: 'number', id, to: `USERNAME_${change.status.toUpperCase()}`, event: null }));
    default:
      return (await applyNumberFact(tx, account, change, at)).map(({ id }) => numberNews(id, 'QUALITY'));
  }
}

/** Meta's texts may hold what Postgres cannot store. */
function withoutBadText(change: Extract<NumberChange, { kind: 'name' }>): typeof change {
  const { nameStatus, verifiedName } = change;
  return { ...change, nameStatus: dropInvalidText(nameStatus), verifiedName: verifiedName && dropInvalidText(verifiedName) };
}

function withoutBadUsername(change: Extract<NumberChange, { kind: 'username' }>): typeof change {
  return { ...change, username: change.username && dropInvalidText(change.username), status: dropInvalidText(change.status) };
}

function accountNews({ id }: RoutedAccount, what: 'state_changed' | 'alerted', to: string): ItemNews {
  return { resource: 'account', id, to, event: null, logAs: `account.${what}` };
}

const EVENT_OF = { PAUSED: 'whatsapp.number_paused', RESUMED: 'whatsapp.number_resumed', QUALITY: 'whatsapp.number_quality_changed' } as const;

function numberNews(id: string, to: keyof typeof EVENT_OF): ItemNews {
  return { resource: 'number', id, to, event: EVENT_OF[to] };
}

/** Notes the canaries whose webhooks are among these items. */
export async function noteCanaries(tx: SystemTx, works: readonly LedgerWork[]): Promise<void> {
  for (const { item, eventId, appTenantId } of works) {
    if (item.kind !== 'template-status' || item.wabaId === null || !item.content.name?.startsWith(CANARY_TEMPLATE)) continue;
    const templateName = dropInvalidText(item.content.name);
    await noteCanarySeen(tx, { templateName, wabaId: item.wabaId, appTenantId, at: writtenAt(eventId) });
  }
}
