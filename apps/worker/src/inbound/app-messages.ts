import type { AppConversation, AppGrowth, AppMessage, ContactRef, Pair, StoredMessage, SystemTx } from '@parley/data';
import { ensureContacts } from '@parley/data';
import { displayContent, dropInvalidText, identitiesOf, waIdToE164, type EchoContent, type HistoryContent, type UserIds } from '@parley/domain';
import { inboundMediaOf } from '../media/inbound-media.js';
import type { AppliedItem, EchoItem, HistoryItem, ItemNews, RoutedWork } from './inbound-item.js';
import { pairKey, wamidKey } from './known-wamids.js';

type Work = RoutedWork<EchoItem | HistoryItem>;

/** The customer of each work, as a pair with its number. */
export async function pairsOf(tx: SystemTx, works: readonly Work[], customerOf: (work: Work) => UserIds): Promise<Pair[]> {
  const contacts = await ensureContacts(tx, works.map((work) => personOf(work, customerOf(work))));
  return works.map(({ number }, at) => ({ tenantId: number.tenantId, numberId: number.id, contactId: contacts[at]! }));
}

function personOf({ number, item: { content } }: Work, customer: UserIds): ContactRef {
  const identities = identitiesOf(customer);
  if (identities.length === 0) throw new Error('The message names no customer');
  return { tenantId: number.tenantId, identities, name: null, at: content.at };
}

/** How a message stands, by who wrote it. */
export interface Said {
  direction: AppMessage['direction'];
  recipient: UserIds | null;
  state: string;
  reason: string | null;
}

/** A message of the app as it is stored. */
export function appMessage({ tenantId, numberId, contactId }: Pair, conversationId: string, content: EchoContent | HistoryContent, said: Said, now: Date): AppMessage {
  const { direction, recipient, state, reason } = said;
  return {
    tenantId, numberId, contactId, conversationId, direction, state, reason,
    wamid: content.wamid,
    kind: content.kind,
    content: JSON.stringify(content.content),
    displayContent: displayContent(content.kind, content.content),
    replyToWamid: content.contextWamid,
    recipient: recipient && recipientOf(recipient),
    at: content.at ?? now,
    media: inboundMediaOf(content),
  };
}

const recipientOf = ({ waId, userId }: UserIds): string | null => {
  const recipient = waId === null ? userId : (waIdToE164(waId) ?? waId);
  return recipient && dropInvalidText(recipient);
};

/** The messages that were stored: another worker may have been faster with the others. */
export function keptOf(messages: readonly AppMessage[], stored: readonly StoredMessage[]): AppMessage[] {
  const isStored = new Set(stored.map(({ numberId, wamid }) => wamidKey(numberId, wamid)));
  return messages.filter(({ numberId, wamid }) => isStored.has(wamidKey(numberId, wamid)));
}

/** What the messages add to each conversation. @param answer whether what the staff wrote among them answers the customer */
export function growthOf(kept: readonly AppMessage[], conversations: ReadonlyMap<string, AppConversation>, answer: boolean): AppGrowth[] {
  const groups = Map.groupBy(kept, ({ conversationId }) => conversationId);
  return [...groups].map(([conversationId, messages]) => {
    const { tenantId, numberId, contactId } = messages[0]!;
    const latest = messages.reduce((last, one) => (one.at >= last.at ? one : last));
    const inbound = timesOf(messages.filter(({ direction }) => direction === 'INBOUND'));
    const outbound = answer ? timesOf(messages.filter(({ direction }) => direction === 'OUTBOUND')) : [];
    const opened = conversations.get(pairKey(numberId, contactId))!.opened;
    return {
      tenantId, conversationId, contactId, opened,
      count: messages.length,
      lastMessage: latest.displayContent,
      lastAt: latest.at,
      firstInboundAt: inbound[0] ?? null,
      lastInboundAt: inbound.at(-1) ?? null,
      firstAnswerAt: outbound[0] ?? null,
      lastAnswerAt: outbound.at(-1) ?? null,
    };
  });
}

const timesOf = (messages: readonly AppMessage[]): Date[] => messages.map(({ at }) => at).sort((one, other) => one.getTime() - other.getTime());

/** By position: a message that was stored is news, any other copy is none. */
export function outcomesOf(works: readonly Work[], stored: readonly StoredMessage[], newsOf: (id: string) => ItemNews[]): AppliedItem[] {
  const ids = new Map(stored.map(({ numberId, wamid, id }) => [wamidKey(numberId, wamid), id]));
  return works.map(({ number, item }) => {
    const key = wamidKey(number.id, item.content.wamid);
    const id = ids.get(key);
    // The second copy within one set is a duplicate of the first.
    if (id === undefined || !ids.delete(key)) return { outcome: 'duplicate' };
    return { outcome: 'applied', news: newsOf(id) };
  });
}
