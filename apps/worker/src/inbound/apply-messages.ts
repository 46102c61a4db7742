import {
  ensureContacts,
  ensureConversations,
  growConversations,
  recordConsents,
  setUsernames,
  storeInbound,
  withoutServiceConsent,
  type ContactRef,
  type ConversationGrowth,
  type CurrentConversation,
  type InboundMessage,
  type StoredMessage,
  type SystemTx,
} from '@parley/data';
import { displayContent, dropInvalidText, identitiesOf, reopenOnInbound, saidIn, type ServiceState } from '@parley/domain';
import { serveQuestions, type AskedConversation, type HeardMessage } from '../conversations/serve-questions.js';
import { inboundMediaOf } from '../media/inbound-media.js';
import { applyConsentWords } from './apply-consent-words.js';
import { fillWithFiles } from './fill-placeholders.js';
import type { AppliedItem, ItemNews, MessageItem, RoutedWork } from './inbound-item.js';
import { pairKey, wamidKey, withoutKnown } from './known-wamids.js';

type Work = RoutedWork<MessageItem>;

/**
 * Applies a set of customers' messages: contact, conversation, message, counters, consent to service. By position. The
 * unique (number, wamid) makes any number of deliveries one message.
 */
export async function applyMessageItems(tx: SystemTx, works: readonly Work[], now: Date): Promise<AppliedItem[]> {
  if (works.length === 0) return [];
  const fresh = await withoutKnown(tx, works);
  if (fresh.length === 0) return fillWithFiles(tx, works, works.map(() => ({ outcome: 'duplicate' })), now);
  const contacts = await ensureContacts(tx, fresh.map(contactOf));
  const pairs = fresh.map(({ number }, at) => ({ tenantId: number.tenantId, numberId: number.id, contactId: contacts[at]! }));
  const conversations = await ensureConversations(tx, pairs);
  const ofPair = new Map(conversations.map((one) => [pairKey(one.numberId, one.contactId), one]));
  const messages = fresh.map((work, at) => messageOf(work, pairs[at]!.contactId, ofPair, now));
  const stored = await storeInbound(tx, messages);
  const isStored = new Set(stored.map(({ numberId, wamid }) => wamidKey(numberId, wamid)));
  const kept = messages.filter((message) => isStored.has(wamidKey(message.numberId, message.wamid)));
  const growth = await growthOf(tx, kept, fresh, ofPair);
  await growConversations(tx, growth);
  await setUsernames(tx, usernamesOf(fresh, contacts));
  const words = await applyConsentWords(tx, { works: fresh, messages, stored }, now);
  const granted = await grantService(tx, kept, stored);
  return fillWithFiles(tx, works, outcomesOf(works, stored, [...growth.flatMap(conversationNews), ...words, ...granted]), now);
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

function conversationNews({ conversationId: id, opened, reopenedTo }: ConversationGrowth): ItemNews[] {
  if (opened) return [{ resource: 'conversation', id, to: 'OPEN', event: 'whatsapp.conversation_opened' }];
  return reopenedTo ? [{ resource: 'conversation', id, to: reopenedTo, event: 'whatsapp.conversation_reopened' }] : [];
}

function contactOf({ number, item: { content } }: Work): ContactRef {
  const { fromUserId: userId, waId, from, parentUserId, at } = content;
  const identities = identitiesOf({ waId: waId ?? from, userId, parentUserId });
  if (identities.length === 0) throw new Error('The message names no sender');
  return { tenantId: number.tenantId, identities, name: nameOf(content), at };
}

/** The names by which customers can be found in WhatsApp, where they have one. */
function usernamesOf(works: readonly Work[], contactIds: readonly string[]) {
  return works.flatMap(({ number: { tenantId }, item: { content } }, at) =>
    content.username === null ? [] : [{ tenantId, contactId: contactIds[at]!, username: dropInvalidText(content.username) }],
  );
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

/** What the set adds to one conversation, before it is known what that means for its service level. */
interface Heard extends AskedConversation {
  heard: HeardMessage[];
  latest: InboundMessage;
  contactName: string | null;
}

/** Counters are summed for each conversation before they are written. */
async function growthOf(
  tx: SystemTx,
  kept: readonly InboundMessage[],
  works: readonly Work[],
  ofPair: ReadonlyMap<string, CurrentConversation>,
): Promise<ConversationGrowth[]> {
  const contents = new Map(works.map(({ number, item: { content } }) => [wamidKey(number.id, content.wamid), content]));
  const heard = new Map<string, Heard>();
  for (const message of kept) {
    const conversation = ofPair.get(pairKey(message.numberId, message.contactId))!;
    const before = heard.get(conversation.id) ?? { conversation, heard: [], latest: message, contactName: null };
    heard.set(conversation.id, hear(before, message, contents.get(wamidKey(message.numberId, message.wamid))!));
  }
  const states = await serveQuestions(tx, [...heard.values()]);
  return [...heard.values()].map((one) => growthFrom(one, states.get(one.conversation.id)!));
}

function hear(before: Heard, message: InboundMessage, content: MessageItem['content']): Heard {
  const isLatest = message.at >= before.latest.at;
  const name = nameOf(content);
  return {
    conversation: before.conversation,
    heard: [...before.heard, { at: message.at, kind: content.kind, said: saidIn(content.kind, content.content) }],
    latest: isLatest ? message : before.latest,
    contactName: (isLatest ? name : before.contactName) ?? before.contactName ?? name,
  };
}

function growthFrom({ conversation, heard, latest, contactName }: Heard, service: ServiceState): ConversationGrowth {
  const { id: conversationId, opened, reopensFor, state } = conversation;
  const to = reopenOnInbound(state, reopensFor !== null);
  const reopenedTo = !opened && state === 'RESOLVED' && (to === 'OPEN' || to === 'ASSIGNED') ? to : null;
  const { tenantId, contactId, displayContent: lastMessage, at: lastAt } = latest;
  const firstAt = new Date(Math.min(...heard.map(({ at }) => at.getTime())));
  return { tenantId, conversationId, contactId, contactName, count: heard.length, lastMessage, firstAt, lastAt, service, reopenedTo, reopensFor, opened };
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
      decidedAt: proof.at,
    };
  });
  await recordConsents(tx, decisions);
  return strangers.map(({ contactId: id }) => ({ resource: 'consent', id, to: 'GRANTED', event: 'whatsapp.consent_changed' }));
}
