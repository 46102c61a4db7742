import { Injectable } from '@nestjs/common';
import { errorCode } from '../graph/error-codes.js';
import type { JsonObject } from '../json.js';
import type { LedgerEntry } from '../state/ledger.js';
import type { ChatError, ChatMessage, Tick } from './chat.dto.js';
import { objectAt, textAt } from './content-parts.js';
import { EventFeed } from './event-feed.js';
import { renderMessage } from './render-message.js';

/** Older ones are forgotten, so that memory stays bounded in long load runs. */
const MESSAGES_PER_CHAT = 500;
const MESSAGES = 100_000;

const RANKS: readonly Tick[] = ['accepted', 'held', 'sent', 'delivered', 'read', 'played', 'failed'];

/** What the business sent: the entry changes as statuses come, so that it is drawn only when somebody looks. */
interface Outbound {
  readonly direction: 'out';
  readonly entry: LedgerEntry;
  readonly body: JsonObject;
  /** The template's components as they were when it was sent. */
  readonly template: readonly JsonObject[] | null;
}

/** What the customer wrote, as the webhook says it. */
interface Inbound {
  readonly direction: 'in';
  readonly wamid: string;
  readonly at: number;
  readonly message: JsonObject;
  isRead: boolean;
}

type Kept = Outbound | Inbound;

/** Every chat as the customer's phone has it, and the telling of what changes in them. */
@Injectable()
export class Chats {
  private readonly byPair = new Map<string, Kept[]>();
  private count = 0;

  constructor(private readonly feed: EventFeed) {}

  /** The business sent a message. */
  sent(entry: LedgerEntry, body: JsonObject, template: readonly JsonObject[] | null): void {
    const kept: Outbound = { direction: 'out', entry, body, template };
    this.keep(entry.phoneNumberId, entry.recipient, kept);
    if (this.feed.isWatched) this.tellMessage(entry.phoneNumberId, entry.recipient, kept);
  }

  /** The customer wrote a message. */
  received(phoneNumberId: string, phone: string, at: number, message: JsonObject): void {
    const kept: Inbound = { direction: 'in', wamid: textAt(message, 'id') ?? '', at, message, isRead: false };
    this.keep(phoneNumberId, phone, kept);
    if (this.feed.isWatched) this.tellMessage(phoneNumberId, phone, kept);
  }

  /** The business marked a message of the customer as read, and with it all that came before. */
  readByBusiness(phoneNumberId: string, phone: string, wamid: string, at: number): void {
    const messages = this.byPair.get(pairKey(phoneNumberId, phone)) ?? [];
    const last = messages.findLastIndex((kept) => kept.direction === 'in' && kept.wamid === wamid);
    for (const kept of messages.slice(0, last + 1)) {
      if (kept.direction === 'out' || kept.isRead) continue;
      kept.isRead = true;
      this.feed.publish('status', { phone, phoneNumberId, wamid: kept.wamid, status: 'read', error: null, at });
    }
  }

  /** The business shows that it is typing. */
  typing(phoneNumberId: string, phone: string): void {
    this.feed.publish('typing', { phone, phoneNumberId });
  }

  /** A status of a message of the business was given out. */
  statusGiven(entry: LedgerEntry, at: number): void {
    if (!this.feed.isWatched) return;
    const { phoneNumberId, recipient: phone, wamid } = entry;
    this.feed.publish('status', { phone, phoneNumberId, wamid, status: tickOf(entry), error: errorOf(entry), at });
  }

  /** The messages of a chat, oldest first. */
  messages(phoneNumberId: string, phone: string): ChatMessage[] {
    return (this.byPair.get(pairKey(phoneNumberId, phone)) ?? []).map(draw);
  }

  /** A customer has another phone: the chat goes along. */
  move(phoneNumberId: string, fromPhone: string, toPhone: string): void {
    const messages = this.byPair.get(pairKey(phoneNumberId, fromPhone));
    if (!messages) return;
    this.byPair.delete(pairKey(phoneNumberId, fromPhone));
    this.byPair.set(pairKey(phoneNumberId, toPhone), messages);
  }

  clear(): void {
    this.byPair.clear();
    this.count = 0;
  }

  private tellMessage(phoneNumberId: string, phone: string, kept: Kept): void {
    this.feed.publish('message', { phone, phoneNumberId, message: draw(kept) });
  }

  private keep(phoneNumberId: string, phone: string, kept: Kept): void {
    const key = pairKey(phoneNumberId, phone);
    const messages = this.byPair.get(key) ?? [];
    // Taken out first: the map keeps its chats in the order of their last message.
    this.byPair.delete(key);
    this.byPair.set(key, messages);
    messages.push(kept);
    this.count += 1;
    if (messages.length > MESSAGES_PER_CHAT) {
      messages.shift();
      this.count -= 1;
    }
    if (this.count > MESSAGES) this.forgetOldest();
  }

  private forgetOldest(): void {
    const [oldest] = this.byPair;
    if (!oldest) return;
    const [key, messages] = oldest;
    this.byPair.delete(key);
    this.count -= messages.length;
  }
}

function draw(kept: Kept): ChatMessage {
  return kept.direction === 'out' ? drawOutbound(kept) : drawInbound(kept);
}

function drawOutbound({ entry, body, template }: Outbound): ChatMessage {
  return {
    wamid: entry.wamid,
    direction: 'out',
    type: entry.type,
    at: entry.at,
    status: tickOf(entry),
    statuses: [...entry.statuses],
    error: errorOf(entry),
    contextWamid: textAt(objectAt(body, 'context'), 'message_id'),
    content: renderMessage(entry.type, body, template),
  };
}

function drawInbound({ wamid, at, message, isRead }: Inbound): ChatMessage {
  const type = textAt(message, 'type') ?? 'text';
  return {
    wamid,
    direction: 'in',
    type,
    at,
    status: isRead ? 'read' : 'delivered',
    statuses: [],
    error: null,
    contextWamid: textAt(objectAt(message, 'context'), 'id'),
    content: renderMessage(type, message),
  };
}

/** The highest of the statuses so far: they may come in any order. */
function tickOf({ statuses }: LedgerEntry): Tick {
  return RANKS.findLast((rank) => statuses.includes(rank)) ?? 'accepted';
}

function errorOf({ failure, statuses }: LedgerEntry): ChatError | null {
  if (failure === null || !statuses.includes('failed')) return null;
  return { code: failure, title: errorCode(failure).title };
}

function pairKey(phoneNumberId: string, phone: string): string {
  return `${phoneNumberId}:${phone}`;
}
