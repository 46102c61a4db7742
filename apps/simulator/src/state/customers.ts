import { Injectable } from '@nestjs/common';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { Identifiers } from '../random/identifiers.js';
import { Settings } from './settings.js';
import { waIdOf } from './wa-id.js';

const WINDOW_MS = 24 * 60 * 60 * 1000;

/** Inbound messages that can be marked as read; the oldest are forgotten. */
const INBOUND_KEPT = 200_000;

/** Somebody with a phone. */
export interface Customer {
  /** Digits only, with country code. */
  readonly phone: string;
  /** What WhatsApp calls this person; differs from the phone in Brazil, Mexico and Argentina. */
  waId: string;
  /** Business-scoped user id. */
  userId: string;
  profileName: string;
  /** Whether phone and wa_id are left out of webhooks, as for people with a username. */
  withoutPhone: boolean;
}

/** The customers who were played or described, their service windows and what they wrote. */
@Injectable()
export class Customers {
  private readonly byPhone = new Map<string, Customer>();
  private readonly byUserId = new Map<string, Customer>();
  private readonly byWaId = new Map<string, Customer>();
  private readonly lastInboundAt = new Map<string, number>();
  private readonly inbound = new Map<string, { readonly phoneNumberId: string; readonly phone: string }>();

  constructor(
    private readonly identifiers: Identifiers,
    private readonly settings: Settings,
  ) {}

  /** The customer with that phone or that wa_id. */
  find(digits: string): Customer | undefined {
    return this.byPhone.get(digits) ?? this.byWaId.get(digits);
  }

  /** What WhatsApp calls somebody who is not known yet. */
  waIdOf(phone: string): string {
    return this.settings.values.waIdRewriting ? waIdOf(phone) : phone;
  }

  findByUserId(userId: string): Customer | undefined {
    return this.byUserId.get(userId);
  }

  /** The customer with that phone, made up on first sight, with the given traits changed. */
  put(phone: string, traits: Partial<Omit<Customer, 'phone'>> = {}): Customer {
    const known = this.find(phone) ?? this.invent(phone);
    this.byUserId.delete(known.userId);
    this.byWaId.delete(known.waId);
    const customer = Object.assign(known, traits);
    this.byPhone.set(customer.phone, customer);
    this.byUserId.set(customer.userId, customer);
    this.byWaId.set(customer.waId, customer);
    return customer;
  }

  /** Forgets a customer, whose phone somebody else may have from now on. */
  remove(customer: Customer): void {
    this.byPhone.delete(customer.phone);
    this.byUserId.delete(customer.userId);
    this.byWaId.delete(customer.waId);
  }

  /** Notes a message of a customer: it opens the window, and it can be marked as read. */
  recordInbound(phoneNumberId: string, phone: string, wamid: string, atMs: number): void {
    this.lastInboundAt.set(pairKey(phoneNumberId, phone), atMs);
    this.inbound.set(wamid, { phoneNumberId, phone });
    if (this.inbound.size <= INBOUND_KEPT) return;
    const [oldest] = this.inbound.keys();
    if (oldest !== undefined) this.inbound.delete(oldest);
  }

  /** Shuts the service window at once. */
  closeWindow(phoneNumberId: string, phone: string): void {
    this.lastInboundAt.delete(pairKey(phoneNumberId, phone));
  }

  /** Whether the customer wrote to that number within the last 24 hours. */
  isWindowOpen(phoneNumberId: string, phone: string, nowMs: number): boolean {
    const at = this.lastInboundAt.get(pairKey(phoneNumberId, phone));
    return at !== undefined && nowMs - at < WINDOW_MS;
  }

  /** When the window closes, in Unix milliseconds; null where the customer never wrote, or it was shut. */
  windowEndsAt(phoneNumberId: string, phone: string): number | null {
    const at = this.lastInboundAt.get(pairKey(phoneNumberId, phone));
    return at === undefined ? null : at + WINDOW_MS;
  }

  /** The phone of whoever wrote that message to that number. */
  writerOf(phoneNumberId: string, wamid: string): string | undefined {
    const message = this.inbound.get(wamid);
    return message?.phoneNumberId === phoneNumberId ? message.phone : undefined;
  }

  all(): Customer[] {
    return [...this.byPhone.values()];
  }

  clear(): void {
    for (const map of [this.byPhone, this.byUserId, this.byWaId, this.lastInboundAt, this.inbound]) map.clear();
  }

  private invent(phone: string): Customer {
    const country = parsePhoneNumberFromString(`+${phone}`, metadata)?.country ?? 'US';
    return {
      phone,
      waId: this.waIdOf(phone),
      userId: this.identifiers.userId(country),
      profileName: `Customer ${phone.slice(-4)}`,
      withoutPhone: false,
    };
  }
}

function pairKey(phoneNumberId: string, phone: string): string {
  return `${phoneNumberId}:${phone}`;
}
