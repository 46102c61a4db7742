import { blamesRowUnlessAway, pgFailure, routeAccounts, routeNumbers, runHalving, TENANT_DISABLED, type LedgerItem, type RoutedNumber, type SystemTx } from '@parley/data';
import { nextAttempt, WEBHOOK_RETRY, type RetryPolicy, type WebhookItem } from '@parley/domain';
import { applyContactSync } from './apply-contact-sync.js';
import { applyEchoItems } from './apply-echoes.js';
import { applyHistoryDeclined, applyHistoryItems } from './apply-history.js';
import { applyIdentityChanges } from './apply-identity-changes.js';
import { applyMessageChanges } from './apply-message-changes.js';
import { applyMessageItems } from './apply-messages.js';
import { applyNumberChanges, isNumberItem, noteCanaries } from './apply-number-changes.js';
import { applyPreferences } from './apply-preferences.js';
import { applyStatusItems } from './apply-statuses.js';
import { applyStatusNotes } from './apply-status-notes.js';
import { applyTemplateItems, isTemplateItem } from './apply-template-changes.js';
import type { AccountWork, AppliedItem, ItemNews, ItemOf, ItemOutcome, LedgerWork, RoutedWork, TemplateAftermath } from './inbound-item.js';

/** What became of an item, and the row that remembers it where it did not apply. */
export interface SettledItem {
  work: LedgerWork;
  outcome: ItemOutcome;
  row: LedgerItem | null;
  news?: readonly ItemNews[];
  templates?: TemplateAftermath;
}

/** What applies items of some kinds to the number that they came for. */
interface Applier {
  kinds: readonly WebhookItem['kind'][];
  apply: (tx: SystemTx, works: readonly RoutedWork[], now: Date) => Promise<AppliedItem[]>;
}

function to<Kind extends WebhookItem['kind']>(
  apply: (tx: SystemTx, works: readonly RoutedWork<ItemOf<Kind>>[], now: Date) => Promise<AppliedItem[]>,
  ...kinds: Kind[]
): Applier {
  return { kinds, apply: apply as Applier['apply'] };
}

/**
 * In this order. Sent messages are locked before contacts and conversations, as the sender does it: crossed orders deadlock.
 * What changes a message or a contact comes after what may have made it in the same set.
 */
const APPLIERS: readonly Applier[] = [
  to(applyStatusItems, 'status'),
  to(applyStatusNotes, 'status-note'),
  to(applyMessageItems, 'message'),
  to(applyEchoItems, 'echo'),
  to(applyHistoryItems, 'history'),
  to(applyHistoryDeclined, 'history-declined'),
  to(applyMessageChanges, 'edit', 'revoke'),
  to(applyIdentityChanges, 'identity-change'),
  to(applyContactSync, 'contact-sync'),
  to(applyPreferences, 'user-preference'),
];

/** Most of a kind that one statement is to carry: a chunk of history has thousands. */
const ITEMS_A_SET = 1_000;

/**
 * Applies the items of a set of events inside the caller's transaction. Each kind is one set behind a savepoint; a set
 * that fails is halved until the bad item stands alone, and its neighbours never notice. Throws only when the database
 * itself is away.
 */
export async function applyItems(tx: SystemTx, works: readonly LedgerWork[], now: Date): Promise<SettledItem[]> {
  const graphIds = new Set(works.flatMap(({ item }) => (item.phoneNumberId === null ? [] : [item.phoneNumberId])));
  const numbers = new Map((await routeNumbers(tx, [...graphIds])).map((number) => [number.graphId, number]));
  const settled: SettledItem[] = [];
  const templates = await routeToAccounts(tx, works, isTemplateItem, settled);
  const changes = await routeToAccounts(tx, works, isNumberItem, settled);
  const routed: RoutedWork[] = [];
  for (const work of works) {
    if (isTemplateItem(work.item) || isNumberItem(work.item)) continue;
    const route = routeOf(work, numbers);
    if ('outcome' in route) settled.push(route);
    else routed.push(route);
  }
  await noteCanaries(tx, templates);
  settled.push(...(await applyInSets(tx, templates, (set) => applyTemplateItems(tx, set))));
  settled.push(...(await applyInSets(tx, changes, (set) => applyNumberChanges(tx, set))));
  for (const { kinds, apply } of APPLIERS) {
    const some = routed.filter(({ item }) => kinds.includes(item.kind));
    for (let at = 0; at < some.length; at += ITEMS_A_SET) {
      settled.push(...(await applyInSets(tx, some.slice(at, at + ITEMS_A_SET), (set) => apply(tx, set, now))));
    }
  }
  return settled;
}

const EFFECTIVE: ReadonlySet<WebhookItem['kind']> = new Set(APPLIERS.flatMap(({ kinds }) => kinds));

function routeOf(work: LedgerWork, numbers: ReadonlyMap<string, RoutedNumber>): RoutedWork | SettledItem {
  const { item, appTenantId } = work;
  const number = item.phoneNumberId === null ? undefined : numbers.get(item.phoneNumberId);
  if (!EFFECTIVE.has(item.kind)) return { work, outcome: 'stored', row: work.isNoted ? rowOf(work, 'DONE', null, null) : null };
  if (!number) return remember(work, 'unrouted', 'number.unknown');
  // An app speaks only for its own tenant; only the platform's speaks for all.
  if (appTenantId !== null && appTenantId !== number.tenantId) return remember(work, 'refused', 'app.not-of-tenant');
  return number.enabled ? { ...work, number } : keepFor(number.tenantId, work);
}

/** News of templates and accounts name their account only. What nobody has is read anew when somebody connects it. */
async function routeToAccounts<Item extends WebhookItem>(
  tx: SystemTx,
  works: readonly LedgerWork[],
  isOne: (item: WebhookItem) => item is Item,
  settled: SettledItem[],
): Promise<AccountWork<Item>[]> {
  const named = works.filter((work): work is LedgerWork & { item: Item } => isOne(work.item));
  if (named.length === 0) return [];
  const known = await routeAccounts(tx, [...new Set(named.flatMap(({ item }) => item.wabaId ?? []))]);
  return named.flatMap((work) => {
    const all = known.filter(({ wabaId }) => wabaId === work.item.wabaId);
    const accounts = all.filter(({ tenantId }) => work.appTenantId === null || work.appTenantId === tenantId);
    if (accounts.some(({ enabled }) => enabled)) return [{ ...work, accounts }];
    if (accounts[0]) settled.push(keepFor(accounts[0].tenantId, work));
    else settled.push(all.length > 0 ? remember(work, 'refused', 'app.not-of-tenant') : settle(work, { outcome: 'stored' }));
    return [];
  });
}

async function applyInSets<Work extends LedgerWork>(
  tx: SystemTx,
  works: readonly Work[],
  apply: (set: readonly Work[]) => Promise<AppliedItem[]>,
): Promise<SettledItem[]> {
  if (works.length === 0) return [];
  const outcomes = await runHalving(works, (set) => tx.savepoint(() => apply(set)), blamesRowUnlessAway);
  return works.map((work, at) => {
    const outcome = outcomes[at]!;
    if (outcome.ok) return settle(work, outcome.result);
    if (!blamesRowUnlessAway(pgFailure(outcome.error))) throw outcome.error;
    return retryOrDie(work, reasonOf(outcome.error));
  });
}

function settle(work: LedgerWork, { outcome, error, news, templates, patience }: AppliedItem): SettledItem {
  if (outcome === 'retry' && patience) return retryOrKeep(work, error ?? 'item.failed', patience);
  if (outcome === 'retry') return retryOrDie(work, error ?? 'item.failed');
  // An item that failed before and applies now closes its row.
  return { work, outcome, row: work.isNoted ? rowOf(work, 'DONE', null, null) : null, ...(news && { news }), ...(templates && { templates }) };
}

function retryOrDie(work: LedgerWork, error: string): SettledItem {
  const attempts = work.attempts + 1;
  const retryInMs = nextAttempt(WEBHOOK_RETRY, attempts, Math.random());
  if (retryInMs === null) return { work, outcome: 'dead', row: rowOf(work, 'DEAD', error, null) };
  return { work, outcome: 'retry', row: rowOf(work, 'RETRY', error, retryInMs) };
}

function retryOrKeep(work: LedgerWork, error: string, patience: RetryPolicy): SettledItem {
  const retryInMs = nextAttempt(patience, work.attempts + 1, Math.random());
  if (retryInMs === null) return { work, outcome: 'stored', row: rowOf(work, 'DONE', error, null) };
  return { work, outcome: 'retry', row: rowOf(work, 'RETRY', error, retryInMs) };
}

function remember(work: LedgerWork, outcome: 'unrouted' | 'refused', error: string): SettledItem {
  return { work, outcome, row: rowOf(work, outcome === 'unrouted' ? 'UNROUTED' : 'REFUSED', error, null) };
}

/** What is for a tenant whose module is off waits until it is on again. */
function keepFor(tenantId: string, work: LedgerWork): SettledItem {
  return { work, outcome: 'unrouted', row: { ...rowOf(work, 'UNROUTED', TENANT_DISABLED, null), tenantId } };
}

function rowOf({ eventId, item, attempts, ...work }: LedgerWork | RoutedWork, state: LedgerItem['state'], error: string | null, retryInMs: number | null): LedgerItem {
  const tenantId = 'number' in work ? work.number.tenantId : null;
  return { eventId, path: item.path, kind: item.kind, tenantId, graphNumberId: item.phoneNumberId, state, attempts: attempts + 1, retryInMs, error };
}

/** No content: a reason names the kind of error only. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const text = error instanceof Error ? error.message : 'unknown error';
  return (typeof code === 'string' ? `${code}: ${text}` : text).slice(0, 500);
}
