import { Injectable } from '@nestjs/common';
import type { JsonObject } from '../../json.js';
import type { Account, BusinessNumber, MessagingLimit } from '../../state/account.js';
import { Accounts } from '../../state/accounts.js';
import { WebhookSender } from '../../webhooks/webhook-sender.js';

/** Meta's answer to a display name. */
export type NameDecision = 'APPROVED' | 'DEFERRED' | 'PENDING' | 'REJECTED';

/** What a new portfolio may do. */
export const DEFAULT_MESSAGING_LIMIT: MessagingLimit = 'TIER_2K';

/** Tells the subscribed apps what became of a number or an account. Meta names numbers by their digits here. */
@Injectable()
export class NumberEvents {
  constructor(
    private readonly sender: WebhookSender,
    private readonly accounts: Accounts,
  ) {}

  onboarded(number: BusinessNumber): void {
    this.quality(number, 'ONBOARDING');
  }

  /** @param event such as `THROUGHPUT_UPGRADE`, `FLAGGED` or `UNFLAGGED` */
  quality(number: BusinessNumber, event: string): void {
    const limit = this.accounts.accountOf(number).messagingLimit ?? DEFAULT_MESSAGING_LIMIT;
    this.tell(number, 'phone_number_quality_update', {
      display_phone_number: number.digits,
      event,
      current_limit: limit,
      max_daily_conversations_per_business: limit,
    });
  }

  name(number: BusinessNumber, decision: NameDecision, name: string, rejectionReason: string | null): void {
    this.tell(number, 'phone_number_name_update', {
      display_phone_number: number.digits,
      decision,
      requested_verified_name: name,
      rejection_reason: rejectionReason,
    });
  }

  pinChanged(number: BusinessNumber): void {
    this.tell(number, 'security', { display_phone_number: number.digits, event: 'PIN_CHANGED' });
  }

  username(number: BusinessNumber, status: 'approved' | 'reserved' | 'deleted', username?: string): void {
    this.tell(number, 'business_username_update', {
      display_phone_number: number.digits,
      ...(username !== undefined && { username }),
      status,
    });
  }

  capability(account: Account): void {
    this.tell(account, 'business_capability_update', {
      max_daily_conversations_per_business: account.messagingLimit ?? DEFAULT_MESSAGING_LIMIT,
    });
  }

  review(account: Account): void {
    this.tell(account, 'account_review_update', { decision: account.reviewStatus ?? 'APPROVED' });
  }

  /** @param event such as `ACCOUNT_RESTRICTION` or `PARTNER_REMOVED`, with what belongs to it */
  account(account: Account, event: string, detail: JsonObject = {}): void {
    this.tell(account, 'account_update', { event, ...detail });
  }

  private tell({ wabaId }: { readonly wabaId: string }, field: string, value: JsonObject): void {
    this.sender.send({ kind: 'field', wabaId, field, value });
  }
}
