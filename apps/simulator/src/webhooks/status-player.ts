import { Injectable } from '@nestjs/common';
import { statusError } from '../graph/graph-error.js';
import type { JsonObject } from '../json.js';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import type { BusinessNumber } from '../state/account.js';
import type { LedgerEntry } from '../state/ledger.js';
import { Settings } from '../state/settings.js';
import { planStatuses, type StatusName } from './status-plan.js';
import { Timers } from './timers.js';
import { WebhookSender } from './webhook-sender.js';

/** How a message is charged, as its statuses say it. */
export interface Pricing {
  readonly billable: boolean;
  readonly pricing_model: 'PMP';
  readonly type: 'regular' | 'free_customer_service';
  readonly category: string;
}

/** An accepted message on its way to its recipient. */
export interface AcceptedMessage {
  readonly entry: LedgerEntry;
  readonly number: BusinessNumber;
  /** wa_id of the recipient; null where only a business-scoped id was given. */
  readonly waId: string | null;
  readonly userId: string | null;
  /** Null where it is no longer told. */
  readonly pricing: Pricing | null;
}

/** Tells what becomes of accepted messages, step by step. */
@Injectable()
export class StatusPlayer {
  private readonly random: RandomStream;

  constructor(
    private readonly sender: WebhookSender,
    private readonly settings: Settings,
    private readonly timers: Timers,
    random: SeededRandom,
  ) {
    this.random = random.stream('statuses');
  }

  /** Gives out all statuses of a message, each at its time. */
  play(message: AcceptedMessage): void {
    if (!this.settings.values.statuses) return;
    for (const { status, afterMs } of planStatuses(message.entry, this.settings.values, this.random)) {
      this.timers.after(afterMs, () => this.give(message, status));
    }
  }

  /** As `play`, but the first status was brought to the receiver when this resolves. */
  async playFirst(message: AcceptedMessage): Promise<void> {
    if (!this.settings.values.statuses) return;
    const [first, ...others] = planStatuses(message.entry, this.settings.values, this.random);
    if (!first) return;
    message.entry.statuses.push(first.status);
    await this.sender.sendAndWait({
      kind: 'status',
      number: message.number,
      status: statusBody(message, first.status),
    });
    for (const { status, afterMs } of others) this.timers.after(afterMs, () => this.give(message, status));
  }

  /** Gives out one status now. */
  give(message: AcceptedMessage, status: StatusName): void {
    message.entry.statuses.push(status);
    this.sender.send({ kind: 'status', number: message.number, status: statusBody(message, status) });
  }
}

/** One item of `value.statuses`. Prices stand on `sent` and on `delivered`, and the opaque data on each. */
export function statusBody(message: AcceptedMessage, status: StatusName): JsonObject {
  const { entry, waId, userId, pricing } = message;
  return {
    id: entry.wamid,
    status,
    timestamp: String(Math.floor(Date.now() / 1000)),
    ...(waId !== null && { recipient_id: waId }),
    ...(userId !== null && { recipient_user_id: userId }),
    ...(entry.opaque !== null && { biz_opaque_callback_data: entry.opaque }),
    ...(pricing && (status === 'sent' || status === 'delivered') && { pricing }),
    ...(status === 'failed' && { errors: [statusError(entry.failure ?? 131000)] }),
  };
}
