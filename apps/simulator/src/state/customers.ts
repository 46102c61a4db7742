import { Injectable } from '@nestjs/common';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import { Identifiers } from '../random/identifiers.js';

const WINDOW_MS = 24 * 60 * 60 * 1000;

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
  private readonly lastInboundAt = new Map<string, number>();
  private readonly inbound = new Map<string, string>();

  constructor(private readonly identifiers: Identifiers) {}

  find(phone: string): Customer | undefined {
    return this.byPhone.get(phone);
  }

  findByUserId(userId: string): Customer | undefined {
    return this.byUserId.get(userId);
  }

  /** The customer with that phone, made up on first sight, with the given traits changed. */
  put(phone: string, traits: Partial<Omit<Customer, 'phone'>> = {}): Customer {
    const known = this.byPhone.get(phone) ?? this.invent(phone);
    this.byUserId.delete(known.userId);
    const customer = Object.assign(known, traits);
    this.byPhone.set(phone, customer);
    this.byUserId.set(customer.userId, customer);
    return customer;
  }

  /** Notes a message of a customer: it opens the window, and it can be marked as read. */
  recordInbound(phoneNumberId: string, phone: string, wamid: string, atMs: number): void {
    this.lastInboundAt.set(pairKey(phoneNumberId, phone), atMs);
    this.inbound.set(wamid, phoneNumberId);
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

  /** Whether that inbound message went to that number. */
  wroteTo(phoneNumberId: string, wamid: string): boolean {
    return this.inbound.get(wamid) === phoneNumberId;
  }

  clear(): void {
    for (const map of [this.byPhone, this.byUserId, this.lastInboundAt, this.inbound]) map.clear();
  }

  private invent(phone: string): Customer {
    const country = parsePhoneNumberFromString(`+${phone}`, metadata)?.country ?? 'US';
    return {
      phone,
      waId: phone,
      userId: this.identifiers.userId(country),
      profileName: `Customer ${phone.slice(-4)}`,
      withoutPhone: false,
    };
  }
}

function pairKey(phoneNumberId: string, phone: string): string {
  return `${phoneNumberId}:${phone}`;
}
