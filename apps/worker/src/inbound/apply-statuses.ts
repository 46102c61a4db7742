import {
  applyStatusChanges,
  ensureConversations,
  learnIdentities,
  lockStatusTargets,
  MARKETING_STOPPED,
  recordMarketingStops,
  tellStatuses,
  type LearntIdentities,
  type MarketingStop,
  type StatusChange,
  type StatusKey,
  type StatusNews,
  type StatusTarget,
  type SystemTx,
} from '@parley/data';
import {
  applyStatuses,
  dropInvalidText,
  identitiesOf,
  readPricing,
  STATUS_COLUMNS,
  STATUS_STATES,
  type AppliedStatuses,
  type EventName,
  type MessageState,
  type MessageStatus,
  type StatusReport,
} from '@parley/domain';
import type { AppliedItem, ItemNews, RoutedWork, StatusItem, StatusNoteItem } from './inbound-item.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The event that tells tenants of a status; played is on the timeline only. */
const EVENT_OF_STATUS: Readonly<Record<MessageStatus, EventName | null>> = {
  sent: 'whatsapp.message_sent',
  delivered: 'whatsapp.message_delivered',
  read: 'whatsapp.message_read',
  failed: 'whatsapp.message_failed',
  played: null,
};

/**
 * Applies a set of statuses: each message once, with all that the set says of it, so that three ranks for one message
 * are one change. By position; an item whose message is not there yet is tried again, for its send may still be recorded.
 */
export async function applyStatusItems(tx: SystemTx, works: readonly RoutedWork<StatusItem>[], now: Date): Promise<AppliedItem[]> {
  if (works.length === 0) return [];
  const targets = await lockStatusTargets(tx, works.map(statusKeyOf));
  const results: AppliedItem[] = works.map(() => ({ outcome: 'retry', error: 'status.message-unknown' }));
  const conversations = await conversationsFor(tx, targets);
  const changes: StatusChange[] = [];
  const news: StatusNews[] = [];
  const stops: MarketingStop[] = [];
  const learnt: LearntIdentities[] = [];
  for (const target of targets) {
    const named = target.ords.map((ord) => works[ord]!);
    const concerning = named.filter(({ item }) => concerns(target, item));
    const applied = applyStatuses(stateOf(target), concerning.map(({ item }) => reportOf(item, now)));
    const doubled = isDoubled(target, concerning);
    const changed: ItemNews[] = applied.newly.map((status) => ({ resource: 'message', id: target.id, to: STATUS_STATES[status], event: EVENT_OF_STATUS[status] }));
    if (doubled) changed.push({ resource: 'message', id: target.id, to: DUPLICATE_SUSPECTED, event: null });
    for (const [place, ord] of target.ords.entries()) {
      results[ord] = { outcome: changed.length > 0 ? 'applied' : 'duplicate', ...(place === 0 && { news: changed }) };
    }
    const isKnown = Object.keys(applied.changed).length === 0 && target.wamid !== null && !doubled;
    if (isKnown || concerning.length === 0) continue;
    changes.push({ ...changeOf(target, applied, concerning, conversations.get(target.id) ?? null), duplicateSuspected: doubled || target.duplicateSuspected });
    news.push(...applied.newly.map((status) => newsOf(target, status, applied, concerning)));
    if (doubled) news.push(doubledNews(target));
    if (applied.newly.includes('failed')) stops.push(...stopOf(target, concerning));
    learnt.push(...learntFrom(target, concerning));
  }
  await applyStatusChanges(tx, changes);
  await tellStatuses(tx, news);
  await recordMarketingStops(tx, stops);
  await learnIdentities(tx, learnt);
  return results;
}

/** The recipient stopped marketing messages in WhatsApp. */
function stopOf({ tenantId, contactId, id: messageId }: StatusTarget, named: readonly RoutedWork<StatusItem>[]): MarketingStop[] {
  const told = named.find(({ item: { content } }) => content.errors.some(({ code }) => code === MARKETING_STOPPED));
  return told ? [{ tenantId, contactId, messageId, at: told.item.content.at }] : [];
}

/** What stands in the news of a message of which Meta has taken two attempts. */
export const DUPLICATE_SUSPECTED = 'DUPLICATE_SUSPECTED';

/**
 * A failure of an earlier attempt says nothing of the one that came after it, nor does what was reported before the failure
 * that a redrive followed; a delivery does, whichever it was of.
 */
function concerns(target: StatusTarget, { content: { status, opaque, wamid } }: StatusItem): boolean {
  const isOutdone = status === 'failed' || (status === 'sent' && target.failedAt !== null);
  return !isOutdone || opaque === null || opaque === target.attemptId || wamid === target.wamid;
}

/** Statuses under two ids of Meta's: two attempts of the message were taken. */
function isDoubled(target: StatusTarget, named: readonly RoutedWork<StatusItem>[]): boolean {
  if (target.duplicateSuspected) return false;
  const wamids = new Set(named.map(({ item: { content } }) => content.wamid));
  if (target.wamid !== null) wamids.add(target.wamid);
  return wamids.size > 1;
}

function doubledNews({ tenantId, id: messageId }: StatusTarget): StatusNews {
  return { tenantId, messageId, type: 'duplicate-suspected', detail: '{}', event: null };
}

/** By which a status, or a note, finds its message. */
export function statusKeyOf({ number, item: { content } }: RoutedWork<StatusItem | StatusNoteItem>): StatusKey {
  const attemptId = content.opaque !== null && UUID.test(content.opaque) ? content.opaque : null;
  return { tenantId: number.tenantId, numberId: number.id, attemptId, wamid: content.wamid };
}

/** A message joins its conversation when Meta's answer is recorded; a status that comes without one does it instead. */
async function conversationsFor(tx: SystemTx, targets: readonly StatusTarget[]): Promise<Map<string, string>> {
  const homeless = targets.filter((target) => target.conversationId === null);
  if (homeless.length === 0) return new Map();
  const found = await ensureConversations(tx, homeless);
  const ofPair = new Map(found.map((one) => [`${one.numberId} ${one.contactId}`, one.id]));
  return new Map(homeless.map((target) => [target.id, ofPair.get(`${target.numberId} ${target.contactId}`)!]));
}

function stateOf(target: StatusTarget) {
  const { reason, sentAt, deliveredAt, readAt, playedAt, failedAt } = target;
  return { state: target.state as MessageState, reason, sentAt, deliveredAt, readAt, playedAt, failedAt };
}

function reportOf({ content: { status, at, errors } }: StatusItem, now: Date): StatusReport {
  return { status, at: at ?? now, error: errors[0] ?? null };
}

function changeOf(
  target: StatusTarget,
  applied: AppliedStatuses,
  named: readonly RoutedWork<StatusItem>[],
  conversationId: string | null,
): Omit<StatusChange, 'duplicateSuspected'> {
  const { state, sentAt, deliveredAt, readAt, playedAt, failedAt, error } = applied;
  const fails = state === 'FAILED' && error !== null;
  return {
    tenantId: target.tenantId,
    id: target.id,
    state,
    reason: fails ? `meta.${error.code ?? 'unknown'}` : applied.reason,
    wamid: named[0]!.item.content.wamid,
    sentAt,
    deliveredAt,
    readAt,
    playedAt,
    failedAt,
    errorCode: error?.code ?? null,
    errorText: error ? dropInvalidText([error.title, error.details].filter(Boolean).join(': ')) : null,
    deadLettered: fails,
    conversationId,
    pricing: pricingOf(named),
  };
}

/** The first price that the set names: every status that has one says the same. */
function pricingOf(named: readonly RoutedWork<StatusItem>[]): string | null {
  for (const { item } of named) {
    const pricing = readPricing(item.content.pricing);
    if (pricing !== null) return JSON.stringify(pricing);
  }
  return null;
}

/** Whom Meta says that the message went to: its ids belong to the contact, whichever of them it was sent to. */
function learntFrom({ tenantId, contactId }: StatusTarget, named: readonly RoutedWork<StatusItem>[]): LearntIdentities[] {
  return named.flatMap(({ item: { content: { recipient, recipientUserId, at } } }) => {
    if (recipient === null && recipientUserId === null) return [];
    // A number that a status names is where the message went, which the answer to the send has told already.
    const identities = identitiesOf({ waId: recipient?.waId ?? null, userId: recipient?.userId ?? recipientUserId, parentUserId: recipient?.parentUserId ?? null });
    return identities.length === 0 ? [] : [{ tenantId, contactId, identities, at }];
  });
}

/** With the webhook that brought it: whoever asks what became of a message can be shown what Meta said. */
function newsOf(target: StatusTarget, status: MessageStatus, applied: AppliedStatuses, named: readonly RoutedWork<StatusItem>[]): StatusNews {
  const at = applied[STATUS_COLUMNS[status]];
  const error = status === 'failed' && applied.error !== null ? { error: applied.error } : {};
  const bringer = bringerOf(status, at, named);
  // Meta names a conversation only where one makes messages free, and until when.
  const conversation = bringer?.item.content.conversation ?? undefined;
  return {
    tenantId: target.tenantId,
    messageId: target.id,
    type: status,
    detail: JSON.stringify({ status, at, ...error, conversation, webhookEventId: bringer?.eventId }),
    event: EVENT_OF_STATUS[status],
  };
}

function bringerOf(status: MessageStatus, at: Date | null, named: readonly RoutedWork<StatusItem>[]): RoutedWork<StatusItem> | undefined {
  const bringers = named.filter(({ item }) => item.content.status === status);
  return bringers.find(({ item }) => item.content.at?.getTime() === at?.getTime()) ?? bringers[0];
}
