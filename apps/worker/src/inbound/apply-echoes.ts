import { ensureConversations, growFromApp, storeAppMessages, tellEchoes, type SystemTx } from '@parley/data';
import { appMessage, growthOf, keptOf, outcomesOf, pairsOf } from './app-messages.js';
import { fillWithFiles } from './fill-placeholders.js';
import type { AppliedItem, EchoItem, RoutedWork } from './inbound-item.js';
import { pairKey, withoutKnown } from './known-wamids.js';

/**
 * Applies what the staff wrote in the WhatsApp Business app: messages of the staff in the conversation, which answer the customer
 * and leave the window as it is. By position.
 */
export async function applyEchoItems(tx: SystemTx, works: readonly RoutedWork<EchoItem>[], now: Date): Promise<AppliedItem[]> {
  const fresh = await withoutKnown(tx, works);
  if (fresh.length === 0) return fillWithFiles(tx, works, works.map(() => ({ outcome: 'duplicate' })), now);
  const pairs = await pairsOf(tx, fresh, ({ item }) => (item as EchoItem).content.to);
  const conversations = new Map((await ensureConversations(tx, pairs)).map((one) => [pairKey(one.numberId, one.contactId), one]));
  const messages = fresh.map(({ item: { content } }, at) => {
    const pair = pairs[at]!;
    const { id } = conversations.get(pairKey(pair.numberId, pair.contactId))!;
    return appMessage(pair, id, content, { direction: 'OUTBOUND', recipient: content.to, state: 'SENT', reason: null }, now);
  });
  const stored = await storeAppMessages(tx, messages, 'arrival');
  const growth = growthOf(keptOf(messages, stored), conversations, true);
  await growFromApp(tx, growth);
  const tenants = new Map(messages.map(({ numberId, tenantId }) => [numberId, tenantId]));
  await tellEchoes(tx, stored.map(({ id, numberId }) => ({ id, tenantId: tenants.get(numberId)! })));
  const opened = growth.filter((one) => one.opened).map(({ conversationId: id }) => ({ resource: 'conversation', id, to: 'OPEN', event: 'whatsapp.conversation_opened' }) as const);
  let untold = opened;
  return outcomesOf(works, stored, (id) => {
    const news = [{ resource: 'message', id, to: 'SENT', event: 'whatsapp.message_echoed' } as const, ...untold];
    untold = [];
    return news;
  });
}
