import { Injectable } from '@nestjs/common';
import { CustomerChoices } from '../limits/customer-choices.js';
import { MarketingCaps } from '../limits/marketing-caps.js';
import type { BusinessNumber, Template } from '../state/account.js';
import { Settings } from '../state/settings.js';

const BLOCKED = 131026;
const OUTSIDE_WINDOW = 131047;
const MARKETING_CAPPED = 131049;
const MARKETING_STOPPED = 131050;

/** A send that Meta takes, before it is known whether it reaches anybody. */
export interface TakenSend {
  readonly number: BusinessNumber;
  readonly recipient: string;
  readonly template: Template | null;
  readonly isWindowOpen: boolean;
  readonly nowMs: number;
}

/** Whether the recipient wants a message; Meta says so by status only. */
@Injectable()
export class RecipientWishes {
  constructor(
    private readonly choices: CustomerChoices,
    private readonly caps: MarketingCaps,
    private readonly settings: Settings,
  ) {}

  /** The code that the message will fail with: 131026, 131047, 131049 or 131050; null where it will arrive. */
  refusal(send: TakenSend): number | null {
    const { number, recipient, template, isWindowOpen } = send;
    // Meta hides that a business was blocked behind the code for whatever cannot be delivered.
    if (this.choices.isBlocked(number.id, recipient)) return BLOCKED;
    if (!template) return this.settings.values.serviceWindow && !isWindowOpen ? OUTSIDE_WINDOW : null;
    return template.category === 'MARKETING' ? this.marketingRefusal(send) : null;
  }

  private marketingRefusal({ number, recipient, nowMs }: TakenSend): number | null {
    const { marketingOptOut, marketingCap } = this.settings.values;
    if (marketingOptOut && this.choices.isOptedOut(number.wabaId, recipient)) return MARKETING_STOPPED;
    if (marketingCap !== null && !this.caps.take(recipient, marketingCap, nowMs)) return MARKETING_CAPPED;
    return null;
  }
}
