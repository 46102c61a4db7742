import { ensurePastConversations, growFromApp, storeAppMessages, tellHistory, type SystemTx } from '@parley/data';
import type { HistoryContent } from '@parley/domain';
import { appMessage, growthOf, keptOf, outcomesOf, pairsOf, type Said } from './app-messages.js';
import { fillWithFiles } from './fill-placeholders.js';
import type { AppliedItem, HistoryItem, ItemOf, RoutedWork } from './inbound-item.js';
import { pairKey, withoutKnown } from './known-wamids.js';

/**
 * Applies messages of the time before the number was connected, in any order of their chunks: they stand where Meta's times put
 * them, nobody has to read or answer them, and they prove no consent. By position; one event for the set.
 */
export async function applyHistoryItems(tx: SystemTx, works: readonly RoutedWork<HistoryItem>[], now: Date): Promise<AppliedItem[]> {
  const fresh = await withoutKnown(tx, works);
  if (fresh.length === 0) return fillWithFiles(tx, works, works.map(() => ({ outcome: 'duplicate' })), now);
  const pairs = await pairsOf(tx, fresh, ({ item }) => (item as HistoryItem).content.customer);
  const conversations = new Map((await ensurePastConversations(tx, pairs)).map((one) => [pairKey(one.numberId, one.contactId), one]));
  const messages = fresh.map(({ item: { content } }, at) => {
    const pair = pairs[at]!;
    return appMessage(pair, conversations.get(pairKey(pair.numberId, pair.contactId))!.id, content, saidOf(content), now);
  });
  const stored = await storeAppMessages(tx, messages, 'meta-time');
  await growFromApp(tx, growthOf(keptOf(messages, stored), conversations, false));
  const tenants = new Map(messages.map(({ numberId, tenantId }) => [numberId, tenantId]));
  await tellHistory(tx, stored.map(({ id, numberId }) => ({ id, numberId, tenantId: tenants.get(numberId)! })));
  return fillWithFiles(tx, works, outcomesOf(works, stored, () => []), now);
}

/** The business keeps its history to itself, or it can no longer be had: people read it in the log. By position. */
export function applyHistoryDeclined(_tx: SystemTx, works: readonly RoutedWork<ItemOf<'history-declined'>>[]): Promise<AppliedItem[]> {
  return Promise.resolve(works.map(({ number: { id } }) => ({ outcome: 'applied', news: [{ resource: 'number', id, to: 'HISTORY_DECLINED', event: null }] })));
}

const STATE_OF: Readonly<Record<string, string>> = { DELIVERED: 'DELIVERED', READ: 'READ', PLAYED: 'PLAYED', PENDING: 'ACCEPTED', ERROR: 'FAILED' };

/** What nobody says otherwise of was sent. */
function saidOf({ direction, customer, status }: HistoryContent): Said {
  if (direction === 'INBOUND') return { direction, recipient: null, state: 'RECEIVED', reason: null };
  const state = STATE_OF[status ?? ''] ?? 'SENT';
  return { direction, recipient: customer, state, reason: state === 'FAILED' ? 'app.failed' : null };
}
