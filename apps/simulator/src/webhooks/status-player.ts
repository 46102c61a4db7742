import { Injectable } from '@nestjs/common';
import { Chats } from '../feed/chats.js';
import type { JsonObject } from '../json.js';
import { SeededRandom, type RandomStream } from '../random/seeded-random.js';
import { Clock } from '../state/clock.js';
import { Settings } from '../state/settings.js';
import type { WebhookUpdate } from './envelope.js';
import { statusBody, type AcceptedMessage } from './status-body.js';
import { planStatuses, type StatusName, type StatusStep } from './status-plan.js';
import { Timers } from './timers.js';
import { WebhookSender } from './webhook-sender.js';

/** Meta: what a message fails with whose template was paused while it was held. */
const PAUSED = 132015;

/** Tells what becomes of accepted messages, step by step. */
@Injectable()
export class StatusPlayer {
  private readonly random: RandomStream;

  constructor(
    private readonly sender: WebhookSender,
    private readonly settings: Settings,
    private readonly timers: Timers,
    private readonly clock: Clock,
    private readonly chats: Chats,
    random: SeededRandom,
  ) {
    this.random = random.stream('statuses');
  }

  /** Gives out all statuses of a message, each at its time. */
  play(message: AcceptedMessage): void {
    if (!this.settings.values.statuses) return;
    if (message.isHeld) return this.hold(message);
    for (const step of this.plan(message)) this.giveLater(message, step);
  }

  /** As `play`, but the first status was brought to the receiver when this resolves. */
  async playFirst(message: AcceptedMessage): Promise<void> {
    if (!this.settings.values.statuses) return;
    const [first, ...others] = this.plan(message);
    if (!first) return;
    await this.sender.sendAndWait(this.updateOf(message, first.status));
    for (const step of others) this.giveLater(message, step);
  }

  /** Gives out one status now. */
  give(message: AcceptedMessage, status: StatusName): void {
    this.sender.send(this.updateOf(message, status));
  }

  /** Lets the message go on after its assessment, unless its template was paused meanwhile. */
  private hold(message: AcceptedMessage): void {
    const { entry, fault, template } = message;
    const { min, max } = this.settings.values.heldMs;
    entry.statuses.push('held');
    this.timers.after(this.random.int(min, max), () => {
      if (fault?.kind === 'held-then-failed' || template?.status === 'PAUSED') {
        entry.failure = PAUSED;
        return this.give(message, 'failed');
      }
      for (const step of this.plan(message)) this.giveLater(message, step);
    });
  }

  private plan({ entry, isVoice, fault }: AcceptedMessage): StatusStep[] {
    const planned = { type: entry.type, isVoice: isVoice ?? false, failure: entry.failure, fault };
    return planStatuses(planned, this.settings.values, this.random);
  }

  private giveLater(message: AcceptedMessage, { status, afterMs }: StatusStep): void {
    this.timers.after(afterMs, () => this.give(message, status));
  }

  private updateOf(message: AcceptedMessage, status: StatusName): WebhookUpdate {
    const body = statusBody(message, status, this.clock.nowSeconds());
    message.entry.statuses.push(status);
    this.chats.statusGiven(message.entry, this.clock.nowMs());
    const contact = this.settings.values.statusContacts && status !== 'failed' ? contactOf(message) : null;
    return { kind: 'status', number: message.number, contact, status: body };
  }
}

function contactOf({ waId, userId }: AcceptedMessage): JsonObject {
  return { ...(waId !== null && { wa_id: waId }), ...(userId !== null && { user_id: userId }) };
}
