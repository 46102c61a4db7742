import {
  ensureContacts,
  ensureConversations,
  growConversations,
  readKnownWamids,
  recordConsents,
  storeInbound,
  withoutServiceConsent,
  type ContactRef,
  type ConversationGrowth,
  type CurrentConversation,
  type InboundMessage,
  type StoredMessage,
  type SystemTx,
} from '@parley/data';
import { displayContent, dropInvalidText, reopenOnInbound, waIdToE164, type ConversationState } from '@parley/domain';
import { inboundMediaOf } from '../media/inbound-media.js';
import type { AppliedItem, ItemNews, MessageItem, RoutedWork } from './inbound-item.js';

type Work = RoutedWork<MessageItem>;

/**
 * Applies a set of customers' messages: contact, conversation, message, counters, consent to service. By position. The
 * unique (number, wamid) makes any number of deliveries one message.
 */
export async function applyMessageItems(tx: SystemTx, works: readonly Work[], now: Date): Promise<AppliedItem[]> {
  if (works.length === 0) return [];
  const fresh = await withoutKnown(tx, works);
  if (fresh.length === 0) return works.map(() => ({ outcome: 'duplicate' }));
  const contacts = await ensureContacts(tx, fresh.map(contactOf));
  const pairs = fresh.map(({ number }, at) => ({ tenantId: number.tenantId, numberId: number.id, contactId: contacts[at]! }));
  const conversations = await ensureConversations(tx, pairs);
  const ofPair = new Map(conversations.map((one) => [pairKey(one.numberId, one.contactId), one]));
  const messages = fresh.map((work, at) => messageOf(work, pairs[at]!.contactId, ofPair, now));
  const stored = await storeInbound(tx, messages);
  const isStored = new Set(stored.map(({ numberId, wamid }) => wamidKey(numberId, wamid)));
  const kept = messages.filter((message) => isStored.has(wamidKey(message.numberId, message.wamid)));
  const growth = growthOf(kept, fresh, ofPair);
  await growConversations(tx, growth);
  const granted = await grantService(tx, kept, stored);
  return outcomesOf(works, stored, [...growth.flatMap(conversationNews), ...granted]);
}

/** What the set changed beside its messages is told with the first of them. */
function outcomesOf(works: readonly Work[], stored: readonly StoredMessage[], changes: readonly ItemNews[]): AppliedItem[] {
  const ids = new Map(stored.map(({ numberId, wamid, id }) => [wamidKey(numberId, wamid), id]));
  let untold = changes;
  return works.map(({ number, item }) => {
    const key = wamidKey(number.id, item.content.wamid);
    const id = ids.get(key);
    // The second copy within one set is a duplicate of the first.
    if (id === undefined || !ids.delete(key)) return { outcome: 'duplicate' };
    const news: ItemNews[] = [{ resource: 'message', id, to: 'RECEIVED', event: 'whatsapp.message_received' }, ...untold];
    untold = [];
    return { outcome: 'applied', news };
  });
}

function conversationNews({ conversationId: id, opened, reopened }: ConversationGrowth & { opened: boolean }): ItemNews[] {
  if (opened) return [{ resource: 'conversation', id, to: 'OPEN', event: 'whatsapp.conversation_opened' }];
  return reopened ? [{ resource: 'conversation', id, to: 'OPEN', event: 'whatsapp.conversation_reopened' }] : [];
}

const wamidKey = (numberId: string, wamid: string) => `${numberId} ${wamid}`;
const pairKey = (numberId: string, contactId: string) => `${numberId} ${contactId}`;

async function withoutKnown(tx: SystemTx, works: readonly Work[]): Promise<Work[]> {
  const known = await readKnownWamids(tx, works.map(({ number, item }) => ({ numberId: number.id, wamid: item.content.wamid })));
  const seen = new Set(known.map(({ numberId, wamid }) => wamidKey(numberId, wamid)));
  return works.filter(({ number, item }) => {
    const key = wamidKey(number.id, item.content.wamid);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Strongest first: the business-scoped id outlives a change of number, and what Meta sent goes before what we derive. */
function contactOf({ number, item: { content } }: Work): ContactRef {
  const { fromUserId, waId, from, parentUserId } = content;
  const phone = waIdToE164(waId ?? from ?? '');
  const identities = [
    { kind: 'bsuid' as const, value: fromUserId },
    { kind: 'wa_id' as const, value: waId ?? from },
    { kind: 'phone' as const, value: phone },
    { kind: 'parent_bsuid' as const, value: parentUserId },
  ].flatMap(({ kind, value }) => (value === null ? [] : [{ kind, value: dropInvalidText(value) }]));
  if (identities.length === 0) throw new Error('The message names no sender');
  return { tenantId: number.tenantId, identities, name: nameOf(content) };
}

/** What the customer calls himself, as it can be stored. */
const nameOf = ({ profileName }: MessageItem['content']): string | null => profileName && dropInvalidText(profileName);

function messageOf({ number, item: { content } }: Work, contactId: string, ofPair: ReadonlyMap<string, CurrentConversation>, now: Date): InboundMessage {
  return {
    tenantId: number.tenantId,
    numberId: number.id,
    contactId,
    conversationId: ofPair.get(pairKey(number.id, contactId))!.id,
    wamid: content.wamid,
    kind: content.kind,
    content: JSON.stringify(content.content),
    displayContent: displayContent(content.kind, content.content),
    replyToWamid: content.contextWamid,
    at: content.at ?? now,
    media: inboundMediaOf(content),
  };
}

/** Counters are summed for each conversation before they are written. */
function growthOf(kept: readonly InboundMessage[], works: readonly Work[], ofPair: ReadonlyMap<string, CurrentConversation>) {
  const names = new Map(works.map(({ number, item }) => [wamidKey(number.id, item.content.wamid), nameOf(item.content)]));
  const growth = new Map<string, ConversationGrowth & { opened: boolean }>();
  for (const message of kept) {
    const { numberId, contactId, at, displayContent: lastMessage, wamid } = message;
    const conversation = ofPair.get(pairKey(numberId, contactId))!;
    const before = growth.get(conversation.id);
    const isLatest = !before || at >= before.lastAt;
    const name = names.get(wamidKey(numberId, wamid)) ?? null;
    growth.set(conversation.id, {
      tenantId: message.tenantId,
      conversationId: conversation.id,
      contactId,
      contactName: (isLatest ? name : before.contactName) ?? before?.contactName ?? null,
      count: (before?.count ?? 0) + 1,
      lastMessage: isLatest ? lastMessage : before.lastMessage,
      lastAt: isLatest ? at : before.lastAt,
      reopened: !conversation.opened && reopenOnInbound(conversation.state as ConversationState, false) !== conversation.state,
      opened: conversation.opened,
    });
  }
  return [...growth.values()];
}

async function grantService(tx: SystemTx, kept: readonly InboundMessage[], stored: readonly StoredMessage[]): Promise<ItemNews[]> {
  const strangers = await withoutServiceConsent(tx, kept);
  if (strangers.length === 0) return [];
  const ids = new Map(stored.map((row) => [wamidKey(row.numberId, row.wamid), row.id]));
  const decisions = strangers.map(({ tenantId, contactId }) => {
    const proof = kept.find((message) => message.contactId === contactId && message.tenantId === tenantId)!;
    return {
      tenantId,
      contactId,
      purpose: 'service',
      status: 'GRANTED',
      source: 'customer-message',
      evidence: null,
      actor: 'customer',
      messageId: ids.get(wamidKey(proof.numberId, proof.wamid)) ?? null,
    };
  });
  await recordConsents(tx, decisions);
  return strangers.map(({ contactId: id }) => ({ resource: 'consent', id, to: 'GRANTED', event: 'whatsapp.consent_changed' }));
}
